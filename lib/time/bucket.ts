export interface BucketOptions {
  /** The most at once. */
  burst: number;
  /** The maximum rate a second in the long run. */
  perSecond: number;
  /**
   * A monotonic clock in milliseconds.
   *
   * @default {performance.now}
   */
  now?: () => number;
}

/** Limits how often something may be done: a number of times at once, and then at a rate. */
export class Bucket {
  readonly #burst: number;
  readonly #perMs: number;
  readonly #now: () => number;
  #left: number;
  #countedAt: number;

  constructor({ burst, perSecond, now = () => performance.now() }: BucketOptions) {
    this.#burst = this.#left = burst;
    this.#perMs = perSecond / 1000;
    this.#now = now;
    this.#countedAt = now();
  }

  /** Whether nothing was taken for so long that the bucket is full again. */
  get isFull(): boolean {
    return this.#count() >= this.#burst;
  }

  /** The time until it may be done again, in milliseconds; 0 for now. */
  get waitMs(): number {
    const left = this.#count();
    return left >= 1 ? 0 : Math.ceil((1 - left) / this.#perMs);
  }

  /** It is done once. */
  take(): void {
    this.#left = Math.max(0, this.#count() - 1);
  }

  #count(): number {
    const now = this.#now();
    this.#left = Math.min(this.#burst, this.#left + (now - this.#countedAt) * this.#perMs);
    this.#countedAt = now;
    return this.#left;
  }
}
