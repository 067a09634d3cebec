/**
 * Measures how many a second pass, by the newest of them: a pause is forgotten as soon as they have
 * passed.
 */
export class Pace {
  readonly #over: number;
  /** When the newest passed, oldest first. */
  #times: number[] = [];

  /** Measures over so many intervals. */
  constructor(over: number) {
    this.#over = over;
  }

  /** When the newest passed; `undefined` before the first. */
  get lastAt(): number | undefined {
    return this.#times.at(-1);
  }

  /** The number a second; `undefined` before the second one. */
  get perSecond(): number | undefined {
    const [first = 0] = this.#times;
    const interval = ((this.lastAt ?? 0) - first) / (this.#times.length - 1);
    return interval > 0 ? 1000 / interval : undefined;
  }

  /** Takes note of one; `now` is in milliseconds of a clock that never jumps. */
  take(now: number): void {
    this.#times.push(now);
    if (this.#times.length > this.#over + 1) this.#times.shift();
  }
}
