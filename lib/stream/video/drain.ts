/** Less than this tells nothing of a link's speed: it may only have paused. */
const LEAST_BYTES = 64 * 1024;
const LEAST_MS = 100;
/** A link's speed is that of the last so many milliseconds, or up to twice as many. */
const OVER_MS = 500;

/** How fast a link takes what waits for it, from when something had to wait. */
export class Drain {
  #since: { at: number; taken: number } | undefined;
  #perMs: number | undefined;

  /**
   * The time until what waits is taken, in milliseconds; 0 where that can't be told yet.
   *
   * @param pending the bytes that wait
   * @param progress the bytes that were `taken` so far, and the time `now`
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

  /** The time that so many bytes take, in milliseconds; 0 where that can't be told yet. */
  msOf(bytes: number): number {
    return this.#perMs === undefined ? 0 : bytes / this.#perMs;
  }
}
