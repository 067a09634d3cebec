/** After so long without a picture in order, a publisher may have begun to count anew. */
const RESTART_MS = 2000;

/** Tells by their numbers which of a publisher's pictures are newer than those before. */
export class PictureOrder {
  #newest = 0;
  #takenAt = -Infinity;
  /** The last one out of order, since one was in order. */
  #old = Infinity;

  /** Another publisher counts from where it likes. */
  reset(): void {
    this.#newest = 0;
    this.#old = Infinity;
  }

  /**
   * Whether a picture is newer. Where nothing has been for a while, and pictures rise among
   * themselves, it is too: one number that is far too high, from anybody, would keep all others out
   * for ever.
   *
   * @param now in milliseconds of a clock that never jumps
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
