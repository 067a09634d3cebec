import { Connection } from "./connection.js";
import { isNumber } from "./message.js";
import { Screen } from "./screen.js";

/** @import { Answer } from "./questions.js" */
/** @import { Refusal } from "./refusal.js" */

/**
 * Why a camera gives no pictures, as far as the server told.
 *
 * @typedef {object} Outage
 * @property {string} words the server's own, in English
 * @property {string} code the server's; empty until it told
 * @property {string} camera
 * @property {boolean} isMissing whether the server has no such camera now
 * @property {number} retryAt when it is tried again, by performance.now(); NaN where that is unknown
 */

/**
 * @typedef {"idle" | "connecting" | "waiting" | "live" | "reconnecting" | "refused"} ViewerState
 *
 * @typedef {object} ViewerOptions
 * @property {HTMLImageElement} image
 * @property {() => string} address the URL for each try
 * @property {() => string} camera its name, or nothing for the first
 * @property {() => number | undefined} announcedFps what the server says of its rate
 * @property {() => boolean} mayDecode
 * @property {() => Promise<Refusal | null>} askWhy asks the server why it lets us not in
 * @property {() => void} onState
 * @property {() => void} onShown
 * @property {() => void} onWelcome
 * @property {(refusal: Refusal) => void} onRefused
 */

const STALE_AFTER_MS = 2000;
const STALE_AFTER_INTERVALS = 3;
const LONGEST_SERVER_TEXT = 300;
/** How long the server has for a try before it is asked for the next. */
const TRY_TAKES_MS = 1000;

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
  connection;
  screen;
  #options;
  #askAt = Infinity;
  #resumedAt = -Infinity;

  /** @param {ViewerOptions} options */
  constructor(options) {
    this.#options = options;
    this.connection = new Connection({
      address: options.address,
      askWhy: options.askWhy,
      onOpening: options.onState,
      onOpen: () => this.#setState("waiting"),
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
        if (this.outage !== null) this.#askStatus();
        options.onWelcome();
      },
      onPicture: (frame) => this.screen.offer(frame),
      onError: (words) => this.#receiveError(words),
    });
    this.screen = new Screen(options.image, {
      mayDecode: options.mayDecode,
      onTaken: ({ sequence }) => this.connection.acknowledge(sequence),
      onShown: () => {
        // One that arrived while nobody looked may have waited for a long time.
        const { current } = this.screen;
        const waited = current === null ? 0 : performance.now() - current.arrivedAt;
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

  leave() {
    this.connection.close();
    this.connection.retryAt = 0;
    this.screen.stop();
    this.#setState("idle");
  }

  /** @param {boolean} isPaused */
  setPaused(isPaused) {
    const isResumed = !isPaused && this.connection.isPaused;
    if (isResumed) this.#resumedAt = performance.now();
    this.connection.setPaused(isPaused);
    if (isResumed) this.#distrust();
  }

  /** The page is seen again. */
  comeBack() {
    this.#resumedAt = performance.now();
    // Somebody may have been let in meanwhile, with the token in another tab.
    if (this.refusal?.code.startsWith("token-")) this.connection.open();
    else this.connection.hurry();
    this.connection.ping();
    this.#distrust();
    this.screen.refresh();
  }

  /** What was live when nobody looked is not live until the next picture comes. */
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
    // Each try that fails has another one after it.
    if (this.state !== "waiting" || now < this.#askAt) return;
    this.#askAt = now + TRY_TAKES_MS;
    this.#askStatus();
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
    if (outage === null) this.#askAt = Infinity;
    this.#options.onState();
  }

  /** @param {string} words */
  #receiveError(words) {
    this.screen.stop();
    this.connection.acknowledge();
    this.#setState("waiting", {
      words: words.slice(0, LONGEST_SERVER_TEXT),
      code: "",
      camera: this.#options.camera(),
      isMissing: false,
      retryAt: NaN,
    });
    this.#askStatus();
  }

  /** Asks for the camera's reason and its next try. */
  #askStatus() {
    if (!this.connection.isKnown) return;
    this.connection.ask({ type: "status" }).then((status) => this.#readStatus(status), () => {});
  }

  /** @param {Answer} status */
  #readStatus({ cameras }) {
    if (this.state !== "waiting" || this.outage === null || !Array.isArray(cameras)) return;
    const wanted = this.#options.camera();
    const list = cameras.map((each) => Object(each));
    const own = wanted === "" ? list[0] : list.find(({ name }) => name === wanted);
    if (own === undefined) {
      // Its pictures come on another connection, once it is there.
      this.#setState("waiting", { ...this.outage, isMissing: true });
      return;
    }
    const { name, state, code, reason, retry_at: retryAt } = own;
    if (state !== "failed" || !isNumber(retryAt)) return;
    const ms = retryAt * 1000 - Date.now() - (this.connection.clock.offset ?? 0);
    const now = performance.now();
    this.#askAt = now + Math.max(0, ms) + TRY_TAKES_MS;
    this.#setState("waiting", {
      words: String(reason ?? "").slice(0, LONGEST_SERVER_TEXT),
      code: typeof code === "string" ? code : "failed",
      camera: String(name),
      isMissing: false,
      retryAt: now + ms,
    });
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
