/** Clocks of two machines drift apart by less than this, in seconds a second. */
const DRIFT = 0.001;
/** A stream whose times are so far from those of arrival has other times than before, in seconds. */
const MOST_APART = 5;

/**
 * When the pictures of a stream were captured. Each takes a while to come, some longer than others: the time in the stream
 * with the least of what was seen added comes nearest.
 */
export class UnitTimes {
  #least: number | undefined;
  #arrived = 0;

  /**
   * When a picture was captured, in seconds since 1970.
   *
   * @param shown when it is shown, in seconds of the stream's time
   * @param arrived when it came, in seconds since 1970
   */
  next(shown: number, arrived: number): number {
    const delay = arrived - shown;
    const drifted = (this.#least ?? delay) + DRIFT * Math.max(0, arrived - this.#arrived);
    const isOther = Math.abs(delay - drifted) > MOST_APART;
    this.#least = isOther ? delay : Math.min(delay, drifted);
    this.#arrived = arrived;
    return Math.min(arrived, shown + this.#least);
  }
}
