/** A picture is late from here on, in seconds: a newer one is on its way. */
const LATE = 0.5;
/** Skipping ends here. */
const FRESH = 0.15;
/**
 * The time over which the arrival rate is measured, in seconds; shorter ones say nothing on a busy
 * machine.
 */
const WATCH = 0.25;
/**
 * Pictures that catch up by less than this arrive no faster than they were taken, in seconds a
 * second.
 */
const GAIN = 0.3;
/** How fast the usual interval is learned, and lateness forgotten, for pictures without times. */
const LEARNING = 0.1;
/** Clocks of two machines drift apart by less than this, in seconds a second. */
const DRIFT = 0.001;
/** Times that jump by more than this start over, in seconds. */
const JUMP = 60;

/**
 * Finds the pictures that wait on the way: those that arrive faster than they were taken, after a
 * delay. From the first late one, pictures are skipped until one is fresh, or until they arrive no
 * faster than they were taken, which means that nothing newer waits. Pictures without times are
 * assumed to be taken at their usual interval. `lib/ffmpeg/args/lateness.ts` makes ffmpeg do the
 * same.
 */
export class Backlog {
  #last: { now: number; time: number | undefined } | undefined;
  #usual: number | undefined;
  #late = 0;
  /**
   * While pictures are skipped: since when the arrival rate is measured, and how late they were
   * then.
   */
  #watched: { since: number; late: number } | undefined;

  /**
   * Adds one picture.
   *
   * @param now its arrival, in seconds on a monotonic clock
   * @param time its capture, in seconds on any clock, if known
   * @returns whether it is late
   */
  isLate(now: number, time?: number): boolean {
    const last = this.#last;
    this.#last = { now, time };
    if (last === undefined) return false;
    const gap = now - last.now;
    const known = time !== undefined && last.time !== undefined ? time - last.time : undefined;
    const isJump = known !== undefined && (known < -LATE || known > gap + JUMP);
    const made = known ?? (this.#usual ??= gap);
    this.#late = isJump ? 0 : Math.max(0, this.#late + gap * (1 - DRIFT) - made);
    if (this.#watched) return this.#goesOn(this.#watched, now);
    if (this.#late > Math.max(LATE, made)) {
      this.#watched = { since: now, late: this.#late };
      return true;
    }
    if (known === undefined) this.#learn(gap, made);
    return false;
  }

  /** Whether pictures are still being skipped. */
  #goesOn({ since, late }: { since: number; late: number }, now: number): boolean {
    const seconds = now - since;
    const isWatched = seconds >= WATCH;
    const isLive = isWatched && late - this.#late <= GAIN * seconds;
    if (this.#late > FRESH && !isLive) {
      if (isWatched) this.#watched = { since: now, late: this.#late };
      return true;
    }
    this.#watched = undefined;
    this.#late = 0;
    return false;
  }

  #learn(gap: number, usual: number): void {
    this.#late *= 1 - LEARNING;
    this.#usual = usual + LEARNING * (gap - usual);
  }
}
