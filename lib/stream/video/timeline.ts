import { TIMESCALE } from "../../h264/fragments.ts";

/** A picture's times in a stream, in units of {@linkcode TIMESCALE}. */
export interface VideoTimes {
  /** Its decoding time, from the stream's beginning. */
  decodeTime: number;
  /** How long it is displayed, as far as that is known. */
  duration: number;
}

/**
 * If the interval of two pictures by their clock differs from the one by ours by this much, their
 * clock may have been set, in seconds.
 */
const MOST_APART = 1;
/**
 * A camera in the dark, or an encoder, leaves out up to this many pictures; more may still arrive,
 * in a burst.
 */
const SHORT_GAP = 3;
/**
 * After a longer gap, at most one picture in this many lasts a period longer: players keep up with
 * that.
 */
const SPACED = 3;
/** A rate that differs by this share over this many pictures, twice in a row, is a new one. */
const OTHER = 0.03;
const WINDOW = 45;
/**
 * Players round rates to multiples of this, and rates above 30 to whole numbers (FFmpeg,
 * `get_std_framerate()`).
 */
const RATE_STEP = 1 / 12;
const WHOLE_ABOVE = 30;
/** They don't round rates below this. */
const LEAST_RATE = 2;

/**
 * The times of a stream, which never step back as clocks do. Captures are uneven, while players
 * count in periods that they learn from the first pictures, and some refuse two pictures in one
 * period. So the times are whole periods apart.
 */
export class Timeline {
  readonly #now: () => number;
  #before: { timestamp: number; at: number } | undefined;
  #time = 0;
  /** The latest time at which a picture is shown, in the same units. */
  #shownTo = 0;
  /** Durations are multiples of this, in units of {@linkcode TIMESCALE}. */
  #period = periodOf(WHOLE_ABOVE);
  /** How far captures are behind the assigned times, in the same units. */
  #late = 0;
  /** The number of its periods that belong to a gap. */
  #owed = 0;
  /** The number of pictures since the last one that lasted longer. */
  #since = 0;
  /**
   * Since the rate was last judged: the number of pictures, including missing ones, and the time
   * they took, in the same units.
   */
  #count = 0;
  #elapsed = 0;
  /** Whether the period then seemed longer (1), shorter (-1) or the same (0). */
  #doubt = 0;

  /**
   * @param now a monotonic clock in milliseconds
   */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Assumes this many pictures a second, until there prove to be more or fewer. */
  expect(fps: number): void {
    this.#period = periodOf(fps);
    this.#count = this.#elapsed = this.#doubt = 0;
  }

  /**
   * The times of the next picture of a stream with a clock of its own.
   *
   * @param seconds its decoding time, by that clock
   * @param offset the time from its decoding until it is shown, in units of {@linkcode TIMESCALE}
   */
  next(seconds: number, offset = 0): VideoTimes {
    const isStanding = seconds <= (this.#before?.timestamp ?? -Infinity);
    const apart = this.#apart(seconds);
    // Pictures that are shown out of order have been given later times already.
    const more = isStanding ? Math.max(0, this.#shownTo - this.#time - offset) : 0;
    const times = this.#step(apart === undefined ? undefined : Math.round(apart + more));
    this.#shownTo = Math.max(this.#shownTo, times.decodeTime + offset);
    return times;
  }

  /**
   * The times of the next picture that was captured here.
   *
   * @param timestamp its capture time, in seconds
   */
  even(timestamp: number): VideoTimes {
    const apart = this.#apart(timestamp);
    if (apart === undefined) return this.#step(undefined);
    this.#late += apart - this.#period;
    this.#elapsed += apart;
    this.#since++;
    this.#count++;
    const more = this.#more(Math.round(apart / this.#period) - 1);
    if (more > 0) this.#since = 0;
    this.#late -= more * this.#period;
    // No picture lasts less than a period: if a camera is a little faster, its film runs a little
    // slower.
    if (this.#late < -this.#most) this.#late = 0;
    const times = this.#step((1 + more) * this.#period);
    if (this.#count >= WINDOW) this.#judge();
    return times;
  }

  /**
   * The number of periods beyond the first that a picture lasts.
   *
   * @param gap the number of pictures that would fit between it and the one before
   */
  #more(gap: number): number {
    const late = this.#late / this.#period;
    if (this.#late >= this.#most) return this.#miss(Math.floor(late));
    if (gap > SHORT_GAP) this.#owed += gap;
    this.#owed = Math.min(this.#owed, Math.max(0, Math.floor(late)));
    if (gap > 0 && gap <= SHORT_GAP) {
      return this.#miss(Math.max(0, Math.min(gap, Math.round(late))));
    }
    if (late < 1 || this.#since < SPACED) return 0;
    if (this.#owed === 0) return 1;
    this.#owed--;
    return this.#miss(1);
  }

  #miss(pictures: number): number {
    this.#count += pictures;
    return pictures;
  }

  #judge(): void {
    const period = this.#elapsed / (this.#count + this.#owed);
    const off = period / this.#period - 1;
    const doubt = Math.abs(off) > OTHER ? Math.sign(off) : 0;
    const isOther = doubt !== 0 && doubt === this.#doubt && period > 0;
    this.#count = -this.#owed;
    this.#elapsed = 0;
    this.#doubt = doubt;
    if (isOther) this.expect(TIMESCALE / period);
  }

  /** A larger lag is made up for at once. */
  get #most(): number {
    return Math.max(MOST_APART * TIMESCALE, 2 * this.#period);
  }

  /**
   * @param duration since the picture before; `undefined` for the first
   */
  #step(duration: number | undefined): VideoTimes {
    if (duration === undefined) return { decodeTime: this.#time, duration: this.#period };
    const own = Math.max(1, duration);
    this.#time += own;
    return { decodeTime: this.#time, duration: own };
  }

  /** The time between the last picture and this one, by the given clock, or by ours. */
  #apart(timestamp: number): number | undefined {
    const at = this.#now();
    const before = this.#before;
    this.#before = { timestamp, at };
    if (before === undefined) return undefined;
    const here = (at - before.at) / 1000;
    const captured = timestamp - before.timestamp;
    // Times that stand still have stepped back: players refuse pictures without time between them.
    const isOther = captured <= 0 || Math.abs(captured - here) > MOST_APART;
    return TIMESCALE * (isOther ? here : captured);
  }
}

/**
 * The period by which players recognize a rate of this many pictures a second, in units of
 * {@linkcode TIMESCALE}.
 */
function periodOf(fps: number): number {
  const step = fps < LEAST_RATE ? 0 : fps > WHOLE_ABOVE ? 1 : RATE_STEP;
  const rate = step === 0 ? fps : Math.round(fps / step) * step;
  return Math.max(1, Math.round(TIMESCALE / rate));
}
