/**
 * Selects frames from a stream so that on average at most `fps` a second pass, evenly spaced and
 * without delay: a frame is never held back.
 */
export class Rate {
  readonly #period: number;
  #due = -Infinity;
  #previous = -Infinity;
  #interval = 0;

  /**
   * Lets the first frame pass.
   *
   * @param fps frames a second, above 0
   */
  constructor(fps: number) {
    this.#period = 1000 / fps;
  }

  /**
   * Whether a frame passes.
   *
   * @param now its arrival, in milliseconds on a monotonic clock
   */
  take(now: number): boolean {
    if (this.#previous > -Infinity) {
      const interval = Math.min(now - this.#previous, this.#period);
      this.#interval += (interval - this.#interval) / (this.#interval === 0 ? 1 : 8);
    }
    this.#previous = now;
    // Frames jitter around their beat: half an interval early is still this frame's turn.
    if (now < this.#due - this.#interval / 2) return false;
    this.#due = this.#due === -Infinity
      ? now + this.#period
      : Math.max(this.#due + this.#period, now);
    return true;
  }
}
