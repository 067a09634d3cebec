/** Clocks of two machines drift apart by less than this, in seconds a second. */
const DRIFT = 0.001;
/**
 * Two machines synchronized over the network agree to within this, and pictures arrive faster than
 * this, in seconds.
 */
const AGREE = { min: -0.1, max: 1 };
/** A larger jump means that a clock was set, in seconds. */
const JUMP = 60;

/** Converts capture times from a server's clock to ours. All times are in seconds since 1970. */
export class Stamps {
  #least: number | undefined;
  #lastAt = 0;

  /**
   * The capture time by our clock: the server's time if the two clocks agree, else its time plus
   * the smallest offset seen.
   */
  take(time: number, arrived: number): number {
    const delay = arrived - time;
    const usual = this.#least === undefined
      ? delay
      : this.#least + DRIFT * Math.max(0, arrived - this.#lastAt);
    this.#least = delay > usual + JUMP ? delay : Math.min(delay, usual);
    this.#lastAt = arrived;
    const agree = this.#least >= AGREE.min && this.#least <= AGREE.max;
    return Math.min(arrived, agree ? time : time + this.#least);
  }
}
