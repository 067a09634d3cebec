/** Holds `performance.now()` until told how much time passes. */
export class FakeTime {
  readonly #real = performance.now;
  #now = 1_000_000;

  /** Takes the place of the real time. */
  constructor() {
    performance.now = () => this.#now;
  }

  /** Lets milliseconds pass. */
  add(ms: number): void {
    this.#now += ms;
  }

  /** The real time again. */
  restore(): void {
    performance.now = this.#real;
  }
}
