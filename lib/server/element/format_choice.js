import { CommandError } from "./link/questions.js";

/** If pictures come below this share of the rate for this long, the link can't carry JPEG. */
const LEAST_SHARE = 0.6;
const WINDOW_MS = 5000;
/**
 * If H.264 has brought no picture by then, it won't: a camera may be reopened for it, and may have
 * a key frame only every ten seconds.
 */
const PATIENCE_MS = 12_000;
/** After H.264 has failed, JPEG is used for this long. */
const RETRY_AFTER_MS = 60_000;
/** What the server said of its rate holds for this long: a camera may have paused just then. */
const EXPECTED_MS = 30_000;
/** A change is announced for this long. */
const TOLD_MS = 10_000;

/**
 * @typedef {"auto" | "jpeg" | "h264"} FormatWish
 * @typedef {"" | "slow" | "stalled" | "unsupported" | "refused"} FormatReason
 *
 * @typedef {object} FormatEvents
 * @property {() => boolean} isSupported whether this browser can show H.264
 * @property {(command: object) => Promise<unknown>} ask tells the server
 * @property {() => boolean} isKnown whether it can be told
 * @property {() => Promise<number | undefined>} expectedFps how many pictures a second there are to be had
 */

/**
 * Decides whether pictures come as JPEG or as H.264: as the user wishes, or as the link can carry
 * them.
 */
export class FormatChoice {
  /** @type {"jpeg" | "h264"} */
  format = "jpeg";
  /**
   * The reason, if it was not the user's wish.
   *
   * @type {FormatReason}
   */
  reason = "";
  /** @type {FormatWish} */
  #wish = "jpeg";
  #events;
  #changedAt = -Infinity;
  #failedAt = -Infinity;
  /** When pictures came that count, by performance.now(). @type {number[]} */
  #arrivals = [];
  #since = 0;
  #isAsking = false;
  #expected = Infinity;
  #expectedAt = -Infinity;
  #hasPicture = false;
  /** The format that the server knows. */
  #told = "";

  /** @param {FormatEvents} events */
  constructor(events) {
    this.#events = events;
  }

  get wish() {
    return this.#wish;
  }

  /** @param {FormatWish} wish */
  set wish(wish) {
    if (wish === this.#wish) return;
    this.#wish = wish;
    this.#failedAt = -Infinity;
    this.#change(wish === "h264" ? "h264" : "jpeg", "");
  }

  /** The value for the server's query. */
  get query() {
    return this.format === "h264" ? "h264" : "binary";
  }

  /** The value for the query of a new connection. */
  call() {
    this.#told = this.query;
    return this.query;
  }

  /**
   * The server accepts commands from now on: it is told if the choice has changed since connecting.
   */
  welcome() {
    if (this.#told !== this.query) this.#tell();
  }

  /**
   * The announcement of a change that nobody asked for, while it is new.
   *
   * @param {number} now
   */
  noteAt(now) {
    return now - this.#changedAt < TOLD_MS ? this.reason : "";
  }

  /** A picture has arrived; H.264 counts once it is shown. */
  arrive() {
    this.#hasPicture = true;
    this.#arrivals.push(performance.now());
  }

  /** Earlier pictures say nothing about the next ones. */
  restart() {
    this.#since = performance.now();
    this.#arrivals = [];
    this.#hasPicture = false;
    this.#expected = Infinity;
  }

  /** @param {FormatReason} reason */
  fail(reason) {
    if (this.format !== "h264") return;
    this.#failedAt = performance.now();
    this.#change("jpeg", reason);
  }

  /**
   * To be called frequently, while pictures should come.
   *
   * @param {number} now
   */
  tick(now) {
    const waited = now - this.#since;
    if (this.format === "h264") {
      if (!this.#events.isSupported()) this.fail("unsupported");
      else if (!this.#hasPicture && waited > PATIENCE_MS) this.fail("stalled");
      return;
    }
    this.#arrivals = this.#arrivals.filter((at) => now - at < WINDOW_MS);
    if (now - this.#expectedAt > EXPECTED_MS) this.#expected = Infinity;
    const isTold = this.#wish === "auto" && this.#events.isKnown() && this.#events.isSupported();
    const isAgain = now - this.#failedAt > RETRY_AFTER_MS;
    const isDue = isTold && isAgain && waited > WINDOW_MS && !this.#isAsking;
    if (isDue && this.#isSlow) this.#judge();
  }

  /** Whether fewer pictures come than were available when that was last known. */
  get #isSlow() {
    return 1000 * this.#arrivals.length / WINDOW_MS < LEAST_SHARE * this.#expected;
  }

  /** The camera itself may have become slow. */
  async #judge() {
    this.#isAsking = true;
    const run = this.#since;
    const expected = await this.#events.expectedFps().catch(() => undefined);
    this.#isAsking = false;
    if (expected !== undefined) {
      this.#expected = expected;
      this.#expectedAt = performance.now();
    }
    if (run !== this.#since || expected === undefined || this.#wish !== "auto") return;
    if (this.#isSlow) this.#change("h264", "slow");
  }

  /**
   * @param {"jpeg" | "h264"} format
   * @param {FormatReason} reason
   */
  #change(format, reason) {
    this.reason = reason;
    if (reason !== "") this.#changedAt = performance.now();
    if (format === this.format) return;
    this.format = format;
    this.restart();
    if (this.#events.isKnown()) this.#tell();
  }

  #tell() {
    this.#told = this.query;
    this.#events.ask({ type: "configure", format: this.query }).catch((error) => {
      if (error instanceof CommandError && error.message !== "") this.fail("refused");
    });
  }
}
