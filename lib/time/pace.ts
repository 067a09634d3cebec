/**
 * Measures how many a second pass, by the newest of them: a pause is forgotten as soon as they have
 * passed.
 */
export class Pace {
  /** When the newest passed, each in the place of the one that it outdates: nothing is made for one that passes. */
  readonly #times: Float64Array;
  #count = 0;

  /** Measures over so many intervals. */
  constructor(over: number) {
    this.#times = new Float64Array(over + 1);
  }

  /** When the newest passed; `undefined` before the first. */
  get lastAt(): number | undefined {
    return this.#count === 0 ? undefined : this.#at(this.#count - 1);
  }

  /** The number a second; `undefined` before the second one. */
  get perSecond(): number | undefined {
    const known = Math.min(this.#count, this.#times.length);
    const interval = (this.#at(this.#count - 1) - this.#at(this.#count - known)) / (known - 1);
    return interval > 0 ? 1000 / interval : undefined;
  }

  /** Takes note of one; `now` is in milliseconds of a clock that never jumps. */
  take(now: number): void {
    this.#times[this.#count++ % this.#times.length] = now;
  }

  #at(number: number): number {
    return this.#times[number % this.#times.length] ?? NaN;
  }
}
