/** From here on a picture is late, in seconds: what is newer is on its way. */
const LATE = 0.5;
/** Skipping ends here. */
const FRESH = 0.15;
/** Time over which it is measured how fast pictures come, in seconds; a moment tells nothing on a busy machine. */
const WATCH = 0.25;
/** Pictures that make up for less than this, in seconds a second, come no faster than they were taken. */
const GAIN = 0.3;
/** How fast the usual time between two pictures is learned, and lateness forgotten, where there are no times. */
const LEARNING = 0.1;
/** Clocks of two machines drift apart by less than this, in seconds a second. */
const DRIFT = 0.001;
/** Times that jump by more than this begin anew, in seconds. */
const JUMP = 60;

/**
 * Finds the pictures that wait on the way: those that come faster than they were taken, after they
 * didn't. From the first that is late, pictures are skipped until one is fresh, or until they are
 * seen to come no faster than they were taken, which means that nothing newer waits. Pictures
 * without times are taken to be made as often as they usually come. `lib/ffmpeg/args/lateness.ts` has
 * ffmpeg do the same.
 */
export class Backlog {
  #last: { now: number; time: number | undefined } | undefined;
  #usual: number | undefined;
  #late = 0;
  /** While pictures are skipped: since when it is watched how fast they come, and how late they were then. */
  #watched: { since: number; late: number } | undefined;

  /**
   * Takes one picture into account.
   *
   * @param now when it came, in seconds of a clock that never jumps
   * @param time when it was taken, in seconds of any clock, where that is known
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

  /** Whether pictures are skipped still. */
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
