/** After this long without a picture in order, a publisher may have restarted its count. */
const RESTART_MS = 2000;

/** Tells by their numbers which of a publisher's pictures are newer than the previous ones. */
export class PictureOrder {
  #newest = 0;
  #takenAt = -Infinity;
  /** The last picture out of order, since the last one in order. */
  #old = Infinity;

  /** Another publisher may start its count anywhere. */
  reset(): void {
    this.#newest = 0;
    this.#old = Infinity;
  }

  /**
   * Whether a picture is newer. It also counts as newer if none was for a while and the numbers
   * rise among themselves: otherwise a single number that is far too high would block all others
   * for ever.
   *
   * @param now in milliseconds on a monotonic clock
   */
  isNewer(sequence: number, now: number): boolean {
    if (sequence > this.#newest) return true;
    const isRising = sequence > this.#old;
    this.#old = sequence;
    return isRising && now - this.#takenAt > RESTART_MS;
  }

  /** A picture was taken. */
  taken(sequence: number, now: number): void {
    this.#newest = sequence;
    this.#takenAt = now;
    this.#old = Infinity;
  }
}
