/** @import { Display } from "./display.js" */
/** @import { ServerClock } from "./link/clock.js" */

const STALE_AFTER_MS = 2000;
const STALE_AFTER_INTERVALS = 3;

/**
 * @typedef {object} LivenessParts
 * @property {Display} screen
 * @property {ServerClock} clock
 * @property {() => number | undefined} announcedFps the camera's rate, as the server tells it
 */

/** Tells how old the picture on screen is, and whether a newer one is due. */
export class Liveness {
  #parts;
  #resumedAt = -Infinity;

  /** @param {LivenessParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** How old pictures were when they appeared on screen, in ms; null if unknown. */
  get ageWhenShown() {
    const { screen: { age }, clock } = this.#parts;
    return age === null ? null : Math.max(0, Math.round(age + (clock.offset ?? 0)));
  }

  /**
   * The usual interval of pictures in ms: measured, or else announced by the server; 0 if unknown.
   */
  get usualInterval() {
    const { interval } = this.#parts.screen;
    if (interval > 0) return interval;
    const fps = this.#parts.announcedFps() ?? 0;
    return fps > 0 ? 1000 / fps : 0;
  }

  /**
   * The current age of the picture on screen, in ms; its capture time counts only if the clocks
   * have been compared.
   *
   * @param {number} now
   */
  age(now) {
    const { screen, clock: { offset } } = this.#parts;
    const { arrivedAt = now, capturedAt = null } = screen.current ?? {};
    const sinceArrival = now - arrivedAt;
    if (offset === null || capturedAt === null) return sinceArrival;
    return Math.max(sinceArrival, Date.now() + offset - capturedAt);
  }

  /**
   * Whether the picture on screen is too old to be live.
   *
   * @param {number} now
   */
  isOld(now) {
    return this.age(now) > this.#limit;
  }

  /**
   * Whether the picture on screen appeared too long ago to be live.
   *
   * @param {number} now
   */
  isOverdue(now) {
    const since = Math.max(this.#parts.screen.arrivedAt ?? 0, this.#resumedAt);
    return now - since > this.#limit;
  }

  /**
   * Whether the picture on screen took too long to get there: it may have arrived while nobody
   * watched.
   */
  get isLate() {
    const { current } = this.#parts.screen;
    return current !== null && performance.now() - current.arrivedAt > this.#limit;
  }

  /** Pictures are wanted again, after nobody asked for them. */
  resume() {
    this.#resumedAt = performance.now();
  }

  /**
   * Whether the next picture may still be on its way after pictures were wanted again.
   *
   * @param {number} now
   */
  isResuming(now) {
    return this.#parts.screen.current !== null && now - this.#resumedAt < this.#limit;
  }

  get #limit() {
    return Math.max(STALE_AFTER_MS, STALE_AFTER_INTERVALS * this.usualInterval);
  }
}
