/** A silent connection is given up after this; later if the server never answers pings. */
const SILENCE_LIMIT_MS = 15_000;
const SILENCE_LIMIT_NO_PONG_MS = 30_000;
const SILENCE_LIMIT_INTERVALS = 3;

/**
 * Detects a dead connection, which gives no other sign (Wi-Fi lost, computer asleep), by its
 * silence.
 */
export class Silence {
  #heardAt = 0;
  #tickedAt = 0;

  /** Something has come from the other end. */
  hear() {
    this.#heardAt = performance.now();
  }

  /**
   * Whether the silence is so long that the connection must be dead; to be called frequently.
   *
   * @param {number} now
   * @param {{ isAnswering: boolean, usualInterval: number }} facts whether the other end answers pings, and how often
   *   pictures come, in ms
   */
  isTooLong(now, { isAnswering, usualInterval }) {
    // A page that was asleep has not processed its messages yet, and can't judge.
    if (now - this.#tickedAt > SILENCE_LIMIT_MS / 3) this.#heardAt = now;
    this.#tickedAt = now;
    const least = isAnswering ? SILENCE_LIMIT_MS : SILENCE_LIMIT_NO_PONG_MS;
    return now - this.#heardAt > Math.max(least, SILENCE_LIMIT_INTERVALS * usualInterval);
  }
}
