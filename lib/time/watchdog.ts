import { type Clock, SYSTEM_CLOCK } from "./clock.ts";

/** The minimum interval of checks, in milliseconds. */
const LOOK_MS = 500;
/**
 * A check that is this many times later than it should be means that the program was stopped, or
 * had no chance to read.
 */
const MAX_LATE = 3;

/**
 * Reports when nothing has come for too long. Only time in which this program ran counts: after the
 * machine has slept, or the program was stopped, waiting data still gets its chance.
 */
export class Watchdog {
  readonly #clock: Clock;
  #limitMs: number;
  #lastAt: number;
  #silentMs = 0;

  /**
   * Counts from now on.
   *
   * @param limitMs the longest allowed silence, in milliseconds
   */
  constructor(limitMs: number, clock: Clock = SYSTEM_CLOCK) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#lastAt = clock.now();
  }

  /** The longest silence allowed, in milliseconds. */
  get limitMs(): number {
    return this.#limitMs;
  }

  /** Something has come: counts from now on, with another limit if one is given. */
  reset(limitMs: number = this.#limitMs): void {
    this.#limitMs = limitMs;
    this.#silentMs = 0;
    this.#lastAt = this.#clock.now();
  }

  /** Resolves when nothing has come for too long, or as soon as the signal is aborted. */
  async watch(signal: AbortSignal): Promise<void> {
    while (this.#silentMs < this.#limitMs && !signal.aborted) {
      const lookMs = Math.min(LOOK_MS, this.#limitMs / 4);
      await this.#clock.sleep(Math.min(lookMs, this.#limitMs - this.#silentMs), signal);
      const now = this.#clock.now();
      const passedMs = now - this.#lastAt;
      this.#silentMs += passedMs > MAX_LATE * lookMs ? lookMs : passedMs;
      this.#lastAt = now;
    }
  }
}
