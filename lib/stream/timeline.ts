import { TIMESCALE } from "../h264/fragments.ts";

/** Times of a picture in a stream, in units of {@linkcode TIMESCALE}. */
export interface VideoTimes {
  /** When it is decoded, from the stream's beginning. */
  decodeTime: number;
  /** How long it is shown, as far as that can be known. */
  duration: number;
}

/** The clock may have been set where two pictures are further apart by it than by ours, in seconds. */
const MOST_APART = 1;
/** What the first picture is taken to last, in seconds. */
const USUAL = 1 / 30;

/** The times of a stream: as far apart as its pictures were captured, and never stepping back, as clocks do. */
export class Timeline {
  readonly #now: () => number;
  #before: { timestamp: number; at: number } | undefined;
  #time = 0;
  #duration = Math.round(USUAL * TIMESCALE);

  /**
   * Nothing has come yet.
   *
   * @param now clock in milliseconds that never jumps
   */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * The times of the next picture.
   *
   * @param timestamp when it was captured, or is decoded by another clock, in seconds
   */
  next(timestamp: number): VideoTimes {
    const at = this.#now();
    if (this.#before !== undefined) {
      const here = (at - this.#before.at) / 1000;
      const captured = timestamp - this.#before.timestamp;
      const apart = Math.abs(captured - here) > MOST_APART ? here : captured;
      this.#duration = Math.max(1, Math.round(apart * TIMESCALE));
      this.#time += this.#duration;
    }
    this.#before = { timestamp, at };
    return { decodeTime: this.#time, duration: this.#duration };
  }
}
