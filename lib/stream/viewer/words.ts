/** The number of words that may wait. */
const MAX_WORDS = 16;
/** So much of them is sent for as long as they come: two hundred boxes of each picture of a fast camera. */
const BYTES_PER_MS = 1000;
/** So much at once. */
const BURST_MS = 250;

/**
 * Words that wait until a viewer can take them: of those about the same, the newest. They are held to a rate, for
 * programs say as much as they like, and each viewer would be sent all of it.
 */
export class Words {
  readonly #tell: (text: string) => void;
  readonly #now: () => number;
  readonly #waiting = new Map<string, () => string>();
  /** When all that was said is paid for. */
  #paidAt = -Infinity;

  constructor(tell: (text: string) => void, now: () => number) {
    this.#tell = tell;
    this.#now = now;
  }

  /** Whether there are any. */
  get areWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** Adds words; the oldest go where there are too many. */
  add(about: string, text: () => string): void {
    // In the place of older ones: who speaks often waits no longer for that.
    this.#waiting.set(about, text);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > MAX_WORDS && oldest !== undefined) this.#waiting.delete(oldest);
  }

  /** Says what waits, what has waited longest first, as far as the rate allows. */
  say(): void {
    const now = this.#now();
    for (const [about, text] of this.#waiting) {
      if (this.#paidAt > now + BURST_MS) return;
      const words = text();
      this.#waiting.delete(about);
      this.#paidAt = Math.max(this.#paidAt, now) + words.length / BYTES_PER_MS;
      this.#tell(words);
    }
  }

  /** They are of no interest any more. */
  clear(): void {
    this.#waiting.clear();
  }
}
