/** Clocks drift apart: what was the least so long ago says nothing any more. */
const WINDOW_MS = 60_000;
/** No picture can get later by more than the time since the last one; by more than this, a clock was set. */
const SLACK_MS = 500;

/**
 * How late pictures come, compared with the least in the last one or two minutes. The clocks of two machines
 * differ by an unknown time; by how much that time grows is what waits on the way.
 */
export class Lateness {
  #least = Infinity;
  #leastBefore = Infinity;
  #windowEnds = -Infinity;
  #last = { delayMs: Infinity, at: 0 };

  /**
   * Takes one picture into account.
   *
   * @param delayMs from its capture on the one clock to its arrival on the other
   * @param now in milliseconds of a clock that never jumps
   * @returns by how many milliseconds it is late
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
