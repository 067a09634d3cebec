/** A link that died without a word is given up after this; longer where the server never answers a ping. */
const SILENCE_LIMIT_MS = 15_000;
const SILENCE_LIMIT_NO_PONG_MS = 30_000;
const SILENCE_LIMIT_INTERVALS = 3;

/** Tells a dead link, which gives no sign (Wi-Fi lost, computer asleep), by its silence. */
export class Silence {
  #heardAt = 0;
  #tickedAt = 0;

  /** The other end has said something. */
  hear() {
    this.#heardAt = performance.now();
  }

  /**
   * Whether it has been silent for so long that the link must be dead; to be called often.
   *
   * @param {number} now
   * @param {{ isAnswering: boolean, usualInterval: number }} facts whether the other end answers pings, and how often
   *   pictures come, in ms
   */
  isTooLong(now, { isAnswering, usualInterval }) {
    // A page that slept has not read its mail yet, and can't judge.
    if (now - this.#tickedAt > SILENCE_LIMIT_MS / 3) this.#heardAt = now;
    this.#tickedAt = now;
    const least = isAnswering ? SILENCE_LIMIT_MS : SILENCE_LIMIT_NO_PONG_MS;
    return now - this.#heardAt > Math.max(least, SILENCE_LIMIT_INTERVALS * usualInterval);
  }
}
