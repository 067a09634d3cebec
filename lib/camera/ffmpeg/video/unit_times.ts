/** Clocks of two machines drift apart by less than this, in seconds a second. */
const DRIFT = 0.001;
/**
 * If a stream's times differ from the arrival times by this much, its clock has changed, in
 * seconds.
 */
const MOST_APART = 5;

/**
 * Derives the capture times of a stream's pictures. Each picture takes a while to arrive, some
 * longer than others: the stream's time plus the smallest delay seen comes closest.
 */
export class UnitTimes {
  #least: number | undefined;
  #arrived = 0;
  #shown: number | undefined;

  /**
   * The capture time of a picture, in seconds since 1970.
   *
   * @param shown its display time in the stream, in seconds
   * @param arrived its arrival, in seconds since 1970
   */
  next(shown: number, arrived: number): number {
    const delay = arrived - shown;
    const drifted = (this.#least ?? delay) + DRIFT * Math.max(0, arrived - this.#arrived);
    // ffmpeg repeats a time where the camera's step back, until they have caught up: later pictures
    // are not that old.
    const isRepeated = shown === this.#shown;
    const isOther = isRepeated || Math.abs(delay - drifted) > MOST_APART;
    this.#shown = shown;
    this.#least = isOther ? delay : Math.min(delay, drifted);
    this.#arrived = arrived;
    return Math.min(arrived, shown + this.#least);
  }
}
