import { Display } from "./display.js";
import { FormatChoice } from "./format_choice.js";
import { Connection } from "./link/connection.js";
import { OutageWatch } from "./outage.js";
import { VideoScreen } from "./video/video_screen.js";

/** @import { Media } from "./display.js" */
/** @import { Refusal } from "./link/refusal.js" */
/** @import { Outage } from "./outage.js" */

/**
 * @typedef {"idle" | "connecting" | "waiting" | "live" | "reconnecting" | "refused"} ViewerState
 *
 * @typedef {object} ViewerOptions
 * @property {Media} media
 * @property {(format: string) => string} address the URL for each try
 * @property {() => string} camera its name, or nothing for the first
 * @property {() => number | undefined} announcedFps the camera's rate, as the server tells it
 * @property {() => Promise<number | undefined>} expectedFps how many pictures a second there are to be had now
 * @property {() => boolean} mayDecode
 * @property {() => Promise<Refusal | null>} askWhy asks the server why it lets us not in
 * @property {() => void} onState
 * @property {() => void} onShown
 * @property {() => void} onWelcome
 * @property {(refusal: Refusal) => void} onRefused
 * @property {(message: Readonly<Record<string, unknown>>) => void} onAnnotation
 */

/** A browser needs this to show any of the H.264 that servers make. */
const BASELINE = 'video/mp4; codecs="avc1.42C01F"';
const STALE_AFTER_MS = 2000;
const STALE_AFTER_INTERVALS = 3;

/** One camera on one image: a connection, a screen, and in which state they are. */
export class Viewer {
  /** @type {ViewerState} */
  state = "idle";
  /**
   * Why the server lets us not in, while refused.
   *
   * @type {Refusal | null}
   */
  refusal = null;
  /**
   * Why the camera gives no pictures, while waiting, where the server said something.
   *
   * @type {Outage | null}
   */
  outage = null;
  /** @type {Connection} */
  connection;
  /** @type {Display} */
  screen;
  /** @type {FormatChoice} */
  format;
  #options;
  #outages;
  #resumedAt = -Infinity;

  /**
   * Long, for it is nothing but who tells whom.
   *
   * @param {ViewerOptions} options
   */
  constructor(options) {
    this.#options = options;
    this.connection = new Connection({
      address: () => options.address(this.format.call()),
      askWhy: options.askWhy,
      onOpening: options.onState,
      onOpen: () => {
        this.format.restart();
        this.#setState("waiting");
      },
      onLost: () => {
        this.screen.stop();
        this.#setState("reconnecting");
      },
      onRefused: (refusal) => {
        this.screen.stop();
        this.refuse(refusal);
        options.onRefused(refusal);
      },
      onWelcome: () => {
        this.format.welcome();
        this.#outages.ask();
        options.onWelcome();
      },
      onPicture: (frame) => {
        if (this.format.format === "jpeg") this.format.arrive();
        this.screen.offer(frame);
      },
      onVideo: ({ mime }) => {
        // It may have been on its way when it was no longer wanted.
        if (this.format.format === "h264") this.screen.describe(String(mime));
      },
      onSegment: (bytes) => this.screen.take(bytes),
      onAnnotation: (message) => {
        this.screen.annotate(message);
        options.onAnnotation(message);
      },
      onError: (words) => {
        this.screen.stop();
        this.connection.acknowledge();
        this.format.restart();
        this.#outages.begin(words);
      },
    });
    this.#outages = new OutageWatch(this.connection, {
      camera: options.camera,
      onOutage: (outage) => this.#setState("waiting", outage),
      onThere: () => this.watch(),
      // Then it is that there is no H.264 of it.
      onFine: () => this.format.fail("refused"),
    });
    this.format = new FormatChoice({
      isSupported: () => VideoScreen.isSupported(BASELINE),
      ask: (command) => this.connection.ask(command),
      isKnown: () => this.connection.isKnown,
      expectedFps: options.expectedFps,
    });
    this.screen = new Display(options.media, {
      mayDecode: options.mayDecode,
      onTaken: (sequence) => this.connection.acknowledge(sequence),
      onStalled: () => this.format.fail("stalled"),
      onShown: () => {
        // One that arrived while nobody looked may have waited for a long time.
        const { current } = this.screen;
        const waited = current === null ? 0 : performance.now() - current.arrivedAt;
        if (current?.blob === null) this.format.arrive();
        if (waited <= this.#staleAfter()) this.#setState("live");
        options.onShown();
      },
    });
  }

  watch() {
    this.screen.stop();
    this.#setState("connecting");
    this.connection.open();
  }

  /**
   * Shows that the server lets us not in; a refusal that is not for good is followed by another try.
   *
   * @param {Refusal} refusal
   */
  refuse(refusal) {
    this.refusal = refusal;
    this.#setState("refused");
  }

  /** Watches no more, and keeps nothing. */
  close() {
    this.leave();
    this.screen.close();
  }

  leave() {
    this.connection.close();
    this.connection.retryAt = 0;
    this.screen.stop();
    this.#setState("idle");
  }

  /**
   * Whether what programs say of the pictures is asked for, and drawn.
   *
   * @param {boolean} isAnnotated
   */
  setAnnotated(isAnnotated) {
    if (isAnnotated === this.screen.isAnnotated) return;
    this.screen.isAnnotated = isAnnotated;
    if (!this.connection.isKnown) return;
    // A server that knows of none has none to tell.
    this.connection.ask({ type: "configure", annotations: isAnnotated }).catch(() => {});
  }

  /** @param {boolean} isPaused */
  setPaused(isPaused) {
    const isResumed = !isPaused && this.connection.isPaused;
    if (isResumed) {
      this.#resumedAt = performance.now();
      this.format.restart();
    }
    this.connection.setPaused(isPaused);
    if (isResumed) this.#distrust();
  }

  /** The page is seen again. */
  comeBack() {
    this.#resumedAt = performance.now();
    this.format.restart();
    // Somebody may have been let in meanwhile, with the token in another tab.
    if (this.refusal?.code.startsWith("token-")) this.connection.open();
    else this.connection.hurry();
    this.connection.ping();
    this.#distrust();
    this.screen.refresh();
  }

  /** A viewer that was live when nobody looked is not live until the next picture comes. */
  #distrust() {
    const now = performance.now();
    if (this.state === "live" && this.pictureAge(now) > this.#staleAfter()) {
      this.#setState("waiting");
    }
  }

  /** The page is not seen any more: nothing is decoded, and the server must not wait for that. */
  goAway() {
    this.connection.acknowledge();
  }

  /** @param {number} now */
  tick(now) {
    this.connection.tick(now, this.#usualInterval());
    this.#checkPictures(now);
    this.#outages.tick(now);
    this.screen.tick(now);
    const isUsual = /^(live|waiting)$/.test(this.state) && this.outage === null;
    if (isUsual && this.#options.mayDecode() && !this.connection.isPaused) this.format.tick(now);
  }

  /** How old pictures were when they came on screen, in ms; null if unknown. */
  get age() {
    const { age } = this.screen;
    return age === null ? null : Math.max(0, Math.round(age + (this.connection.clock.offset ?? 0)));
  }

  /**
   * How old the picture on screen is now, in ms; by its capture time only where the clocks are compared.
   *
   * @param {number} now
   */
  pictureAge(now) {
    const { clock: { offset } } = this.connection;
    const { arrivedAt = now, capturedAt = null } = this.screen.current ?? {};
    const sinceArrival = now - arrivedAt;
    if (offset === null || capturedAt === null) return sinceArrival;
    return Math.max(sinceArrival, Date.now() + offset - capturedAt);
  }

  /** @param {number} now */
  isStale(now) {
    if (this.screen.current === null) return false;
    return this.state !== "live" || this.pictureAge(now) > this.#staleAfter();
  }

  /**
   * Whether the next picture may be on its way still, since nobody asked for it until now.
   *
   * @param {number} now
   */
  isResuming(now) {
    return this.screen.current !== null && now - this.#resumedAt < this.#staleAfter();
  }

  /** Whether this connection has brought a picture. */
  get hasPicture() {
    const { arrivedAt } = this.screen;
    return arrivedAt !== undefined && arrivedAt >= this.connection.openedAt;
  }

  /**
   * @param {ViewerState} next
   * @param {Outage | null} [outage]
   */
  #setState(next, outage = null) {
    if (next === this.state && outage === null && this.outage === null) return;
    this.state = next;
    this.outage = outage;
    if (next !== "refused") this.refusal = null;
    if (next !== "live") this.screen.forgetRate();
    if (outage === null) this.#outages.end();
    this.#options.onState();
  }

  /** The usual time between pictures in ms: as measured, or else as the server announced; 0 if unknown. */
  #usualInterval() {
    const { interval } = this.screen;
    if (interval > 0) return interval;
    const fps = this.#options.announcedFps() ?? 0;
    return fps > 0 ? 1000 / fps : 0;
  }

  #staleAfter() {
    return Math.max(STALE_AFTER_MS, STALE_AFTER_INTERVALS * this.#usualInterval());
  }

  /** @param {number} now */
  #checkPictures(now) {
    if (this.state !== "live" || !this.#options.mayDecode() || this.connection.isPaused) return;
    const since = Math.max(this.screen.arrivedAt ?? 0, this.#resumedAt);
    if (now - since > this.#staleAfter()) this.#setState("waiting");
  }
}
