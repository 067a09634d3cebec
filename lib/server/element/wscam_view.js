import { ATTRIBUTES, isSetting, settingsOf, sourceOf } from "./view/attributes.js";
import { noticeOf } from "./view/notice.js";
import { ViewParts } from "./view/view_parts.js";
import { Viewer } from "./viewer.js";
import { Visibility } from "./view/visibility.js";
import { viewTexts } from "./words/view_texts.js";

/** @import { FormatWish } from "./format_choice.js" */
/** @import { Refusal } from "./link/refusal.js" */
/** @import { Notice } from "./view/notice.js" */
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

/** `<wscam-view>`: a camera in any web page. */
export class WscamView extends HTMLElement {
  static observedAttributes = ATTRIBUTES;
  viewer;
  #parts = new ViewParts(this.attachShadow({ mode: "open" }));
  #source = sourceOf(this);
  /** Whether its attributes decide what it watches; otherwise the page does. */
  #isFree = true;
  #isDue = false;
  /** Whether to reconnect for another camera, server or permission. */
  #isOther = false;
  #timer = 0;
  /** The last announced state. */
  #told = "";
  /** Takes the image's place while the element is not in a page. */
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

  /** Why there is no live picture, as text; null while there is one. */
  get notice() {
    return this.#noticeAt(performance.now());
  }

  /** The size of the picture on the page, without the space beside it. */
  get figure() {
    return this.#parts.figure;
  }

  /** The picture with everything drawn on it. */
  get layer() {
    return this.#parts.layer;
  }

  /**
   * Shows what a page chooses, instead of its attributes, whenever the page tells its `viewer`.
   *
   * @param {ViewSource} source
   */
  follow(source) {
    this.#source = source;
    this.#isFree = false;
    this.takeWishes();
  }

  /** Applies the current choices of format and annotations. */
  takeWishes() {
    const { format, annotations } = this.#source;
    this.viewer.format.wish = format?.() ?? "jpeg";
    this.viewer.setAnnotated(annotations?.() ?? false);
  }

  /** The current picture as a JPEG file; null if there is none. */
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
    // Chromium never frees a tree in which an image has shown a blob.
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

  /** Shows the current state. */
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

  /** Attributes that change together are applied together. */
  #takeSoon() {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      if (this.isConnected && this.#isFree) this.#take();
      this.#isOther = false;
    });
  }

  /**
   * Applies the current attributes: with the same camera, a connection that knows commands stays
   * open.
   */
  #take() {
    const { viewer } = this;
    this.takeWishes();
    if (!this.#isOther && viewer.connection.isKnown) {
      // The server's objection comes with the next connection.
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

  /** Nothing is sent to an element that is scrolled away, or in a long hidden page. */
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
