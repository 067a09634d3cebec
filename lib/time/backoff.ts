import type { Clock } from "./clock.ts";

/** Nobody can make us retry more often than this. */
const MIN_RETRY_MS = 500;

export interface BackoffOptions {
  /** Waits between attempts, in milliseconds; the last one repeats. */
  retryMs: readonly number[];
  /** Measures the waits. */
  clock: Clock;
}

/**
 * Waits between attempts, each longer than the one before. They start over only after something has
 * worked for as long as the longest wait: what fails again and again after a moment isn't retried
 * every second for a year.
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

  /** Counts a failed attempt. Returns the wait before the next one, in milliseconds. */
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

  /** An attempt works, and has until now. */
  succeed(): void {
    this.#worksSince ??= this.#clock.now();
  }

  /** Starts over with the shortest wait. */
  reset(): void {
    this.#failures = 0;
  }

  /** Somebody has come: shortens the current or the next wait. */
  hurry(): void {
    this.#hurry.abort();
  }

  /** Waits for the minimum time between attempts, whoever asks. */
  async waitLeast(signal: AbortSignal): Promise<void> {
    await this.#until(this.#earliest, signal);
  }

  /** Waits until the next attempt is due, or the signal is aborted. */
  async wait(signal: AbortSignal): Promise<void> {
    await this.waitLeast(signal);
    await this.#until(this.#due, AbortSignal.any([signal, this.#hurry.signal]));
  }

  #until(at: number, signal: AbortSignal): Promise<void> {
    return this.#clock.sleep(at - this.#clock.now(), signal);
  }
}
