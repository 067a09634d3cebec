import { MARK } from "./args/lateness.ts";

/** A picture that has waited this long between ffmpeg and wscam is dropped, in seconds. */
const LATE = 1;
/**
 * A picture's time precedes it in another pipe, and never waits there longer than this, in
 * milliseconds.
 */
const PATIENCE_MS = 200;
/** There are never more pictures than this between ffmpeg and wscam. */
const MAX_TOLD = 256;
/** A smaller lag is made up for sooner than an input can be reopened, in seconds. */
const MUCH = 2;
/** Pictures are skipped for this long, in seconds, before the progress is judged. */
const TRIAL = 0.5;
/** Forgiven lags are summed up over this time, in seconds. */
const FORGIVING = 60;

/** The capture time of one picture. */
interface ToldTime {
  /** By the stream's own clock, in seconds. */
  time: number;
  /** The least delay from there to ffmpeg so far, which converts it to our clock. */
  least: number;
}

export interface StreamTimesOptions {
  /** Called once, if reopening the input would be the quicker way to the newest picture. */
  onHopeless: () => void;
  /**
   * How long opening the stream takes, in seconds, if known.
   *
   * @default {2}
   */
  openSeconds?: number | undefined;
  /** In milliseconds since 1970. @default {Date.now} */
  now?: () => number;
}

/** Derives capture times from what the expressions of `lateness.ts` make ffmpeg print. */
export class StreamTimes {
  readonly #options: Required<Omit<StreamTimesOptions, "openSeconds">>;
  readonly #openSeconds: number;
  #told: ToldTime[] = [];
  #time: number | undefined;
  #packetLeast: number | undefined;
  #wake = (): void => {};
  /** Pictures that arrived before their times. */
  #owed = 0;
  #skipping: { since: number; late: number } | undefined;
  #forgiven: { until: number; seconds: number } = { until: 0, seconds: 0 };

  constructor({ onHopeless, openSeconds = 2, now = Date.now }: StreamTimesOptions) {
    this.#options = { onHopeless, now };
    this.#openSeconds = openSeconds;
  }

  /** Evaluates a line of ffmpeg's, if it is one of ours; returns whether it is. */
  take(line: string): boolean {
    if (!/^-?\d+\.\d{6}$/.test(line)) return false;
    const value = Number(line);
    if (value >= MARK.forgiven) this.#forgive(value - MARK.forgiven);
    else if (value >= MARK.late) this.#skip(value - MARK.late);
    else if (value >= MARK.packet) this.#packetLeast = value - MARK.packet;
    else if (value >= MARK.least) this.#tell(value - MARK.least);
    else this.#time = value;
    return true;
  }

  /**
   * The capture time of the next picture, in seconds since 1970; `undefined` if it is too late to
   * be shown.
   *
   * @param arrived its arrival, which is returned if nothing better is known
   */
  async stamp(arrived: number): Promise<number | undefined> {
    if (this.#told.length === 0) await this.#wait();
    const told = this.#told.shift();
    if (told === undefined) {
      this.#owed++;
      return arrived;
    }
    if (arrived - (told.time + told.least) > LATE) return undefined;
    const least = Math.min(told.least, this.#packetLeast ?? Infinity);
    return Math.min(arrived, told.time + least);
  }

  #tell(least: number): void {
    this.#skipping = undefined;
    const { time } = { time: this.#time ?? 0 };
    if (this.#owed > 0) {
      this.#owed--;
      return;
    }
    if (this.#told.length < MAX_TOLD) this.#told.push({ time, least });
    this.#wake();
  }

  async #wait(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = setTimeout(resolve, PATIENCE_MS);
    await promise;
    clearTimeout(timer);
  }

  /** Checks whether skipping makes progress, once it has gone on for a while. */
  #skip(late: number): void {
    const now = this.#options.now() / 1000;
    const { since, late: first } = this.#skipping ??= { since: now, late };
    const seconds = now - since;
    if (late < MUCH || seconds < TRIAL) return;
    const perSecond = (first - late) / seconds;
    if (perSecond * this.#openSeconds < late) this.#options.onHopeless();
  }

  /** A stream that is late again and again, and never catches up, may be decoded too slowly. */
  #forgive(seconds: number): void {
    const now = this.#options.now() / 1000;
    if (now > this.#forgiven.until) this.#forgiven = { until: now + FORGIVING, seconds: 0 };
    // A larger lag means that a clock was set.
    if (seconds < FORGIVING) this.#forgiven.seconds += seconds;
    if (this.#forgiven.seconds > MUCH) this.#options.onHopeless();
  }
}
