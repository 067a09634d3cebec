import { Pace } from "../../time/pace.ts";
import type { Picture } from "../picture.ts";
import type { Tally } from "../recipient.ts";

/** Counters of the work for a viewer. */
export interface ViewerStats extends Readonly<Tally> {
  /** Its address: `192.0.2.5:51234`. */
  address: string;
  /** The measured rate at which it is sent pictures now, in pictures a second. */
  fps: number;
  /** The present age of the newest picture that it was sent, in seconds. */
  age: number | null;
}

/** The rate is measured over this many pictures. */
const RATE_OVER = 8;

/** Counts what a viewer is sent and what it misses, and the same for the whole stream. */
export class ViewerCounts {
  readonly #now: () => number;
  readonly #pace = new Pace(RATE_OVER);
  readonly #own: Tally = { sent: 0, dropped: 0, leftOut: 0, bytes: 0 };
  #newest: Picture | undefined;

  /**
   * @param now the time in milliseconds on a monotonic clock
   */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The last picture that it was sent. */
  get newest(): Picture | undefined {
    return this.#newest;
  }

  /** The counters so far, and what is measured now. */
  stats(address: string): ViewerStats {
    return {
      address,
      fps: this.#pace.perSecondAt(this.#now()) ?? 0,
      ...this.#own,
      age: this.#newest?.age ?? null,
    };
  }

  /** Counts a picture that is sent, here and in the stream's tally. */
  sent(picture: Picture, bytes: number, tally: Tally): void {
    this.#pace.take(this.#now());
    this.#newest = picture;
    for (const each of [this.#own, tally]) {
      each.sent++;
      each.bytes += bytes;
    }
  }

  /** Counts a picture that was due and is not sent. */
  dropped(tally: Tally, { isLeftOut = false } = {}): void {
    for (const each of [this.#own, tally]) {
      each.dropped++;
      if (isLeftOut) each.leftOut++;
    }
  }

  /** Forgets the last picture, which is of another stream. */
  forgetNewest(): void {
    this.#newest = undefined;
  }
}
