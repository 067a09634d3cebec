/** The maximum number of waiting texts. */
const MAX_WORDS = 16;
/**
 * Texts may take this many bytes a millisecond in the long run: two hundred boxes for each picture of a
 * fast camera.
 */
const BYTES_PER_MS = 1000;
/** So much at once. */
const BURST_MS = 250;

/**
 * Texts that wait until a viewer can take them: on each subject, the newest. Their rate is limited,
 * since programs may send any amount, and each viewer would get all of it.
 */
export class Words {
  readonly #tell: (text: string) => void;
  readonly #now: () => number;
  readonly #waiting = new Map<string, () => string>();
  /** When everything sent so far is within the limit. */
  #paidAt = -Infinity;

  constructor(tell: (text: string) => void, now: () => number) {
    this.#tell = tell;
    this.#now = now;
  }

  /** Whether there are any. */
  get areWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** Adds a text; if there are too many, the oldest is dropped. */
  add(about: string, text: () => string): void {
    // In the place of an older text: frequent updates must not make it wait longer.
    this.#waiting.set(about, text);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > MAX_WORDS && oldest !== undefined) this.#waiting.delete(oldest);
  }

  /** Sends what waits, oldest first, as far as the limit allows. */
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

  /** They are obsolete. */
  clear(): void {
    this.#waiting.clear();
  }
}
