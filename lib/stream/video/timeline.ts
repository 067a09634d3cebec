import { TIMESCALE } from "../../h264/fragments.ts";

/** Times of a picture in a stream, in units of {@linkcode TIMESCALE}. */
export interface VideoTimes {
  /** When it is decoded, from the stream's beginning. */
  decodeTime: number;
  /** How long it is shown, as far as that can be known. */
  duration: number;
}

/** The clock may have been set where two pictures are further apart by it than by ours, in seconds. */
const MOST_APART = 1;
/** The period is the mean of about so many. */
const MEMORY = 60;
/** The part of a lead or lag that each picture makes up for. */
const CORRECTION = 0.05;
/** The assumed duration of the first picture, in seconds. */
const USUAL = 1 / 30;

/** The times of a stream: as far apart as its pictures were captured, and never stepping back, as clocks do. */
export class Timeline {
  readonly #now: () => number;
  #before: { timestamp: number; at: number; sequence: number } | undefined;
  /** The time between two of the camera's frames, in seconds, and how many have told it. */
  #period = 0;
  #told = 0;
  /** How far the captures are ahead of the times that were given, in seconds. */
  #ahead = 0;
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
   * @param sequence the camera's number of it, for times as even as the camera's: players count in its periods
   */
  next(timestamp: number, sequence?: number): VideoTimes {
    const at = this.#now();
    if (this.#before !== undefined) {
      const here = (at - this.#before.at) / 1000;
      const captured = timestamp - this.#before.timestamp;
      const apart = Math.abs(captured - here) > MOST_APART ? here : captured;
      const even = sequence === undefined
        ? apart
        : this.#even(apart, sequence - this.#before.sequence);
      this.#duration = Math.max(1, Math.round(even * TIMESCALE));
      this.#time += this.#duration;
    }
    this.#before = { timestamp, at, sequence: sequence ?? 0 };
    return { decodeTime: this.#time, duration: this.#duration };
  }

  /** As many of the camera's periods as there are frames between two pictures, which were captured unevenly. */
  #even(apart: number, frames: number): number {
    const count = Math.max(1, frames);
    this.#told = Math.min(this.#told + 1, MEMORY);
    this.#period += (apart / count - this.#period) / this.#told;
    const even = Math.max(0, count * this.#period + CORRECTION * this.#ahead);
    this.#ahead += apart - even;
    if (Math.abs(this.#ahead) < MOST_APART) return even;
    const jump = even + this.#ahead;
    this.#ahead = 0;
    return jump;
  }
}
