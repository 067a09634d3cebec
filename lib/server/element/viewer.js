import { Display } from "./display.js";
import { FormatChoice } from "./format_choice.js";
import { Liveness } from "./liveness.js";
import { Connection } from "./link/connection.js";
import { OutageWatch } from "./outage.js";
import { canPlay } from "./video/video_player.js";

/** @import { Media } from "./display.js" */
/** @import { Frame } from "./link/message.js" */
/** @import { Refusal } from "./link/refusal.js" */
/** @import { Outage } from "./outage.js" */

/**
 * @typedef {Readonly<Record<string, unknown>>} Message
 *
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
 * @property {(message: Message) => void} onAnnotation
 */

/** A browser must support this to show any server's H.264. */
const BASELINE = 'video/mp4; codecs="avc1.42C01F"';

/** One camera on one surface: its connection, its screen, and its state. */
export class Viewer {
  /** @type {ViewerState} */
  state = "idle";
  /**
   * Why the server refuses access, while refused.
   *
   * @type {Refusal | null}
   */
  refusal = null;
  /**
   * Why the camera gives no pictures, while waiting, if the server has said so.
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
  /** @type {Liveness} */
  liveness;
  #options;
  #outages;

  /** @param {ViewerOptions} options */
  constructor(options) {
    this.#options = options;
    this.connection = this.#createConnection();
    this.#outages = new OutageWatch(this.connection, {
      camera: options.camera,
      onOutage: (outage) => this.#setState("waiting", outage),
      onThere: () => this.watch(),
      // The reason is then that it has no H.264.
      onFine: () => this.format.fail("refused"),
    });
    this.format = new FormatChoice({
      isSupported: () => canPlay(BASELINE),
      ask: (command) => this.connection.ask(command),
      isKnown: () => this.connection.isKnown,
      expectedFps: options.expectedFps,
    });
    this.screen = new Display(options.media, {
      mayDecode: options.mayDecode,
      onTaken: (sequence) => this.connection.acknowledge(sequence),
      onStalled: () => this.format.fail("stalled"),
      onShown: () => this.#takeShown(),
    });
    const { screen, connection: { clock } } = this;
    this.liveness = new Liveness({ screen, clock, announcedFps: options.announcedFps });
  }

  watch() {
    this.screen.stop();
    this.#setState("connecting");
    this.connection.open();
  }

  /**
   * Shows that the server refuses access; unless that is permanent, another attempt follows.
   *
   * @param {Refusal} refusal
   */
  refuse(refusal) {
    this.refusal = refusal;
    this.#setState("refused");
  }

  /** Stops watching, and keeps nothing. */
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
   * Whether annotations are requested and drawn.
   *
   * @param {boolean} isAnnotated
   */
  setAnnotated(isAnnotated) {
    if (isAnnotated === this.screen.isAnnotated) return;
    this.screen.isAnnotated = isAnnotated;
    if (!this.connection.isKnown) return;
    // A server that doesn't know annotations has none.
    this.connection.ask({ type: "configure", annotations: isAnnotated }).catch(() => {});
  }

  /** @param {boolean} isPaused */
  setPaused(isPaused) {
    const isResumed = !isPaused && this.connection.isPaused;
    if (isResumed) {
      this.liveness.resume();
      this.format.restart();
    }
    this.connection.setPaused(isPaused);
    if (isResumed) this.#distrust();
  }

  /** The page is visible again. */
  comeBack() {
    this.liveness.resume();
    this.format.restart();
    // Access may have been granted meanwhile, by a token in another tab.
    if (this.refusal?.code.startsWith("token-")) this.connection.open();
    else this.connection.hurry();
    this.connection.ping();
    this.#distrust();
    this.screen.refresh();
  }

  /** A viewer that was live while nobody watched counts as live only from the next picture on. */
  #distrust() {
    if (this.state === "live" && this.liveness.isOld(performance.now())) {
      this.#setState("waiting");
    }
  }

  /** The page is no longer visible: nothing is decoded, and the server must not wait for that. */
  goAway() {
    this.connection.acknowledge();
  }

  /** @param {number} now */
  tick(now) {
    this.connection.tick(now, this.liveness.usualInterval);
    this.#checkPictures(now);
    this.#outages.tick(now);
    this.screen.tick(now);
    const isUsual = /^(live|waiting)$/.test(this.state) && this.outage === null;
    if (isUsual && this.#options.mayDecode() && !this.connection.isPaused) this.format.tick(now);
  }

  /**
   * Whether the picture on screen isn't live.
   *
   * @param {number} now
   */
  isStale(now) {
    if (this.screen.current === null) return false;
    return this.state !== "live" || this.liveness.isOld(now);
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
    // Pictures that didn't come in an outage say nothing about the link.
    if (this.outage !== null && outage === null) this.format.restart();
    this.state = next;
    this.outage = outage;
    if (next !== "refused") this.refusal = null;
    if (next !== "live") this.screen.forgetRate();
    if (outage === null) this.#outages.end();
    this.#options.onState();
  }

  /** @param {number} now */
  #checkPictures(now) {
    if (this.state !== "live" || !this.#options.mayDecode() || this.connection.isPaused) return;
    if (this.liveness.isOverdue(now)) this.#setState("waiting");
  }

  #createConnection() {
    const { address, askWhy, onState, onRefused, onWelcome } = this.#options;
    return new Connection({
      address: () => address(this.format.call()),
      askWhy,
      onOpening: onState,
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
        onRefused(refusal);
      },
      onWelcome: () => {
        this.format.welcome();
        this.#outages.ask();
        onWelcome();
      },
      onError: (words) => {
        this.screen.stop();
        this.connection.acknowledge();
        this.format.restart();
        this.#outages.begin(words);
      },
      ...this.#showing(),
    });
  }

  /** The callbacks for shown pictures. */
  #showing() {
    const { onAnnotation } = this.#options;
    return {
      /** @param {Frame} frame */
      onPicture: (frame) => {
        if (this.format.format === "jpeg") this.format.arrive();
        this.screen.offer(frame);
      },
      /** @param {Message} message */
      onVideo: ({ mime }) => {
        // It may have been on its way when it was no longer wanted.
        if (this.format.format === "h264") this.screen.describe(String(mime));
      },
      /** @param {Uint8Array<ArrayBuffer>} bytes */
      onSegment: (bytes) => this.screen.take(bytes),
      /** @param {Message} message */
      onAnnotation: (message) => {
        this.screen.annotate(message);
        onAnnotation(message);
      },
    };
  }

  #takeShown() {
    if (this.screen.current?.blob === null) this.format.arrive();
    // A picture that arrived while nobody watched may have waited for a long time.
    if (!this.liveness.isLate) this.#setState("live");
    this.#options.onShown();
  }
}
