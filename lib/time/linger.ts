import type { Clock } from "./clock.ts";

/** A delay before something is closed, unless somebody comes. */
export class Linger {
  readonly #ms: number;
  readonly #clock: Clock;
  #cancelled = new AbortController();

  /**
   * @param ms the delay, in milliseconds
   */
  constructor(ms: number, clock: Clock) {
    this.#ms = ms;
    this.#clock = clock;
  }

  /** Starts the delay, and then calls a function. */
  start(onOver: () => void): void {
    this.cancel();
    this.#cancelled = new AbortController();
    const { signal } = this.#cancelled;
    this.#clock.sleep(this.#ms, signal).then(() => {
      if (!signal.aborted) onOver();
    });
  }

  /** Somebody has come. */
  cancel(): void {
    this.#cancelled.abort();
  }
}
