import type { Clock } from "./clock.ts";

/** Nobody can make us try more often than this. */
const MIN_RETRY_MS = 500;

/** Options of {@linkcode Backoff}. */
export interface BackoffOptions {
  /** Waits between tries, in milliseconds; the last one repeats. */
  retryMs: readonly number[];
  /** Measures the waits. */
  clock: Clock;
}

/**
 * Waits between tries, longer from one to the next. Only what has worked for as long as the longest wait
 * begins anew: what fails again and again after a moment isn't tried every second for a year.
 */
export class Backoff {
  readonly #retryMs: readonly number[];
  readonly #clock: Clock;
  #failures = 0;
  #beganAt: number;
  #worksSince: number | undefined;
  #earliest = -Infinity;
  #due = -Infinity;
  #hurry = new AbortController();

  constructor({ retryMs, clock }: BackoffOptions) {
    this.#retryMs = retryMs;
    this.#clock = clock;
    this.#beganAt = clock.now();
  }

  /** A try begins. */
  begin(): void {
    this.#beganAt = this.#clock.now();
  }

  /** Counts a try that failed. Returns how long the wait for the next one is, in milliseconds. */
  fail(): number {
    const now = this.#clock.now();
    const longest = this.#retryMs.at(-1) ?? 0;
    if (now - (this.#worksSince ?? Infinity) >= longest) this.#failures = 0;
    // A source that gave nothing for seconds has already waited.
    const spent = this.#worksSince === undefined ? now - this.#beganAt : 0;
    this.#worksSince = undefined;
    const step = this.#retryMs[Math.min(this.#failures++, this.#retryMs.length - 1)] ?? 0;
    const wait = Math.max(0, step - spent);
    this.#earliest = now + Math.min(wait, MIN_RETRY_MS);
    this.#due = now + wait;
    this.#hurry = new AbortController();
    return wait;
  }

  /** A try works, and did so until now. */
  succeed(): void {
    this.#worksSince ??= this.#clock.now();
  }

  /** Begins with the shortest wait again. */
  reset(): void {
    this.#failures = 0;
  }

  /** Somebody has come: cuts the wait that goes on, or comes next, short. */
  hurry(): void {
    this.#hurry.abort();
  }

  /** Waits for the least time between tries, whoever asks. */
  async waitLeast(signal: AbortSignal): Promise<void> {
    await this.#until(this.#earliest, signal);
  }

  /** Waits until the next try is due, or as soon as the signal is aborted. */
  async wait(signal: AbortSignal): Promise<void> {
    await this.waitLeast(signal);
    await this.#until(this.#due, AbortSignal.any([signal, this.#hurry.signal]));
  }

  #until(at: number, signal: AbortSignal): Promise<void> {
    return this.#clock.sleep(at - this.#clock.now(), signal);
  }
}
