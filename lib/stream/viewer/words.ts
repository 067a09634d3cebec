/** The number of words that may wait. */
const MAX_WORDS = 16;

/** Words that wait until a viewer can take them: of those about the same, the newest. */
export class Words {
  readonly #tell: (text: string) => void;
  readonly #waiting = new Map<string, () => string>();

  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  /** Adds words; the oldest go where there are too many. */
  add(about: string, text: () => string): void {
    this.#waiting.delete(about);
    this.#waiting.set(about, text);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > MAX_WORDS && oldest !== undefined) this.#waiting.delete(oldest);
  }

  /** Says all that waits. */
  say(): void {
    for (const text of this.#waiting.values()) this.#tell(text());
    this.#waiting.clear();
  }

  /** They are of no interest any more. */
  clear(): void {
    this.#waiting.clear();
  }
}
