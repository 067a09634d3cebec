import { ATTRIBUTES, isSetting, settingsOf, sourceOf } from "./attributes.js";
import { noticeOf } from "./notice.js";
import { ViewParts } from "./view_parts.js";
import { Viewer } from "./viewer.js";
import { Visibility } from "./visibility.js";
import { viewTexts } from "./words/view_texts.js";

/** @import { FormatWish } from "./format_choice.js" */
/** @import { Refusal } from "./link/refusal.js" */
/** @import { Notice } from "./notice.js" */
/** @import { Words } from "./words/refusal_texts.js" */

const RENDER_EVERY_MS = 250;

/**
 * The subject of a view, and its callbacks.
 *
 * @typedef {object} ViewSource
 * @property {() => URL | null} server
 * @property {() => string} camera its name, or nothing for the first
 * @property {() => string} [name] the camera's name, if that is known though none was asked for
 * @property {boolean} [isNamed] whether the page around it names the camera
 * @property {(format: string) => string} address the WebSocket of each try
 * @property {() => number | undefined} announcedFps its rate, if that is known beforehand
 * @property {() => Promise<number | undefined>} [expectedFps] how many pictures a second there are to be had now
 * @property {() => FormatWish} [format] which pictures are wished for; JPEG without
 * @property {() => boolean} [annotations] whether annotations are drawn
 * @property {() => Promise<Refusal | null>} askWhy asks the server why it lets us not in
 * @property {() => Words} nowhere the words for a view without a server
 * @property {() => boolean} [isSeenElsewhere] whether somebody sees the pictures though the page is hidden
 * @property {() => void} [onShown]
 * @property {() => void} [onWelcome] by a server that knows commands
 * @property {(refusal: Refusal) => void} [onRefused]
 */

/** `<wscam-view>`: a camera in any page. */
export class WscamView extends HTMLElement {
  static observedAttributes = ATTRIBUTES;
  viewer;
  #parts = new ViewParts(this.attachShadow({ mode: "open" }));
  #source = sourceOf(this);
  /** Whether it watches what its attributes say; else the page that holds it decides. */
  #isFree = true;
  #isDue = false;
  /** Whether what is due is another camera, server or right. */
  #isOther = false;
  #timer = 0;
  /** The state that was told last. */
  #told = "";
  /** Stands in the image's place while the element is in no page. */
  #gap = document.createComment("");
  #visibility = new Visibility(this, {
    onHide: () => this.viewer.goAway(),
    onShow: () => this.viewer.comeBack(),
    onChange: () => this.#pauseUnseen(),
  });

  constructor() {
    super();
    this.viewer = new Viewer({
      media: this.#parts,
      address: (format) => this.#source.address(format),
      camera: () => this.#source.camera(),
      announcedFps: () => this.#source.announcedFps(),
      expectedFps: async () => {
        const { expectedFps, announcedFps } = this.#source;
        return await (expectedFps ?? announcedFps)();
      },
      mayDecode: () => !document.hidden || this.#isSeenElsewhere,
      askWhy: () => this.#source.askWhy(),
      onState: () => this.#tellState(),
      onShown: () => this.#tellFrame(),
      onWelcome: () => this.#source.onWelcome?.(),
      onRefused: (refusal) => this.#source.onRefused?.(refusal),
      onAnnotation: (message) => this.#tell("annotation", message),
    });
  }

  /** How it is: `idle`, `connecting`, `waiting`, `live`, `reconnecting` or `refused`. */
  get state() {
    return this.viewer.state;
  }

  /** Why there is no picture that is live, in words; null while there is one. */
  get notice() {
    return this.#noticeAt(performance.now());
  }

  /** How large the picture is on the page, without what is beside it. */
  get figure() {
    return this.#parts.figure;
  }

  /** The picture with what is drawn on it. */
  get layer() {
    return this.#parts.layer;
  }

  /**
   * Shows what a page says in place of its attributes, whenever the page says so to its `viewer`.
   *
   * @param {ViewSource} source
   */
  follow(source) {
    this.#source = source;
    this.#isFree = false;
    this.takeWishes();
  }

  /** Takes up what is wished for now of the format, and whether annotations are drawn. */
  takeWishes() {
    const { format, annotations } = this.#source;
    this.viewer.format.wish = format?.() ?? "jpeg";
    this.viewer.setAnnotated(annotations?.() ?? false);
  }

  /** The picture that is shown, as a JPEG file; null where there is none. */
  snapshot() {
    return this.viewer.screen.snapshot();
  }

  connectedCallback() {
    this.#gap.replaceWith(this.#parts.image);
    this.#visibility.begin();
    this.#timer = setInterval(() => this.#tick(), RENDER_EVERY_MS);
    if (this.#isFree) this.#watchSoon();
    this.takeWishes();
    this.render();
  }

  disconnectedCallback() {
    this.#visibility.end();
    clearInterval(this.#timer);
    this.viewer.close();
    // Chromium keeps a tree for ever in which an image has shown a blob.
    const { image } = this.#parts;
    image.before(this.#gap);
    image.remove();
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    if (!this.#isFree || !this.isConnected) return;
    if (isSetting(name)) this.#takeSoon();
    else this.#watchSoon();
  }

  /** Shows how it is now. */
  render() {
    const now = performance.now();
    const notice = this.#noticeAt(now);
    const label = this.#source.isNamed ? "" : viewTexts.picture(this.#name);
    this.#parts.render(this.viewer, { now, notice, label });
  }

  #watchSoon() {
    this.#isOther = true;
    this.#takeSoon();
  }

  /** Attributes that change together are taken together. */
  #takeSoon() {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      if (this.isConnected && this.#isFree) this.#take();
      this.#isOther = false;
    });
  }

  /** Asks for what the attributes say now: a connection that knows commands stays, with the same camera. */
  #take() {
    const { viewer } = this;
    this.takeWishes();
    if (!this.#isOther && viewer.connection.isKnown) {
      // The server's objection comes on the next connection.
      const settings = settingsOf(this);
      viewer.connection.ask({ type: "configure", ...settings }).catch(() => viewer.watch());
      return;
    }
    viewer.leave();
    if (this.#isOther) viewer.screen.forget();
    if (this.#source.server() !== null) viewer.watch();
  }

  get #name() {
    const { name, camera } = this.#source;
    return (name ?? camera)();
  }

  get #isSeenElsewhere() {
    return this.#source.isSeenElsewhere?.() ?? false;
  }

  /** Nothing is sent for what is scrolled away, or long hidden. */
  #pauseUnseen() {
    this.viewer.setPaused(this.#visibility.isUnseen && !this.#isSeenElsewhere);
  }

  #tick() {
    this.#visibility.tick();
    this.viewer.tick(performance.now());
    this.render();
  }

  /** @param {number} now */
  #noticeAt(now) {
    const { server, nowhere } = this.#source;
    return noticeOf(this.viewer, { now, server: server(), camera: this.#name, nowhere: nowhere() });
  }

  #tellState() {
    this.render();
    const { notice } = this;
    const told = JSON.stringify([this.state, notice?.title, notice?.words]);
    if (told === this.#told) return;
    this.#told = told;
    if (this.#isFree) this.#parts.say(notice?.title ?? viewTexts.live);
    this.#tell("state", { state: this.state, ...notice });
  }

  #tellFrame() {
    const { current } = this.viewer.screen;
    this.#source.onShown?.();
    if (current === null) return;
    const { capturedAt, sequence, width, height } = current;
    const timestamp = capturedAt === null ? null : capturedAt / 1000;
    this.#tell("frame", {
      timestamp,
      sequence,
      width,
      height,
      age: this.viewer.liveness.ageWhenShown,
    });
  }

  /**
   * @param {string} name
   * @param {object} detail
   */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
