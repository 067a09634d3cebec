/** Measures a rate over the newest events: a pause is forgotten as soon as enough have passed. */
export class Pace {
  /** The times of the newest events, in a ring: recording one allocates nothing. */
  readonly #times: Float64Array;
  #count = 0;

  /** Measures over this many intervals. */
  constructor(over: number) {
    this.#times = new Float64Array(over + 1);
  }

  /** The time of the newest event; `undefined` before the first. */
  get lastAt(): number | undefined {
    return this.#count === 0 ? undefined : this.#at(this.#count - 1);
  }

  /** The rate a second; `undefined` before the second event. */
  get perSecond(): number | undefined {
    const known = Math.min(this.#count, this.#times.length);
    const interval = (this.#at(this.#count - 1) - this.#at(this.#count - known)) / (known - 1);
    return interval > 0 ? 1000 / interval : undefined;
  }

  /**
   * The rate a second at `now`, in milliseconds on the clock of the events: it falls as soon as the
   * next event is late by an interval. `undefined` before the second event.
   */
  perSecondAt(now: number): number | undefined {
    const { perSecond, lastAt = now } = this;
    const since = now - lastAt;
    return perSecond !== undefined && since * perSecond > 2000 ? 1000 / since : perSecond;
  }

  /** Records an event; `now` is in milliseconds on a monotonic clock. */
  take(now: number): void {
    this.#times[this.#count++ % this.#times.length] = now;
  }

  #at(number: number): number {
    return this.#times[number % this.#times.length] ?? NaN;
  }
}
