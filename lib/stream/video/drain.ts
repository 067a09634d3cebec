/** Less than this says nothing about a link's speed: it may only have paused. */
const LEAST_BYTES = 64 * 1024;
const LEAST_MS = 100;
/** A link's speed is measured over this long, in milliseconds, or up to twice as long. */
const OVER_MS = 500;

/** How fast a link drains what waits for it, from the moment something had to wait. */
export class Drain {
  #since: { at: number; taken: number } | undefined;
  #perMs: number | undefined;

  /**
   * The time until what waits is drained, in milliseconds; 0 if still unknown.
   *
   * @param pending the number of waiting bytes
   * @param progress the number of bytes `taken` so far, and the time `now`
   */
  msFor(pending: number, { taken, now }: { taken: number; now: number }): number {
    if (pending <= 0) {
      this.#since = this.#perMs = undefined;
      return 0;
    }
    const since = this.#since ??= { at: now, taken };
    const [bytes, ms] = [taken - since.taken, now - since.at];
    if (bytes >= LEAST_BYTES && ms >= LEAST_MS) this.#perMs = bytes / ms;
    if (ms >= OVER_MS) this.#since = { at: now, taken };
    return this.msOf(pending);
  }

  /** The time that this many bytes take, in milliseconds; 0 if still unknown. */
  msOf(bytes: number): number {
    return this.#perMs === undefined ? 0 : bytes / this.#perMs;
  }
}
