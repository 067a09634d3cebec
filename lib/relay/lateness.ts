/** Clocks drift apart: a minimum that is older than this says nothing any more. */
const WINDOW_MS = 60_000;
/**
 * No picture can get later by more than the time since the last one; a larger jump means that a
 * clock was set.
 */
const SLACK_MS = 500;

/**
 * How late pictures arrive, compared with the smallest delay of the last one or two minutes. The
 * two machines' clocks differ by an unknown time; if that difference grows, pictures are waiting on
 * the way.
 */
export class Lateness {
  #least = Infinity;
  #leastBefore = Infinity;
  #windowEnds = -Infinity;
  #last = { delayMs: Infinity, at: 0 };

  /**
   * Adds one picture.
   *
   * @param delayMs from its capture on the one clock to its arrival on the other
   * @param now in milliseconds on a monotonic clock
   * @returns how late it is, in milliseconds
   */
  take(delayMs: number, now: number): number {
    if (delayMs - this.#last.delayMs > now - this.#last.at + SLACK_MS) this.reset();
    this.#last = { delayMs, at: now };
    if (now >= this.#windowEnds) {
      this.#leastBefore = now >= this.#windowEnds + WINDOW_MS ? Infinity : this.#least;
      this.#least = Infinity;
      this.#windowEnds = now + WINDOW_MS;
    }
    this.#least = Math.min(this.#least, delayMs);
    return delayMs - Math.min(this.#least, this.#leastBefore);
  }

  /** Forgets everything. */
  reset(): void {
    this.#least = this.#leastBefore = Infinity;
    this.#last = { delayMs: Infinity, at: 0 };
  }
}
