/** The most messages that may be on their way at any time. */
const ALWAYS = 2;
/** More than this are never on their way. */
const MOST = 8;

/**
 * Limits the pictures on their way to a broker: one that it has not confirmed is somewhere in a
 * queue. More than two may be there only while the first of them isn't late, that is, on a long
 * line and not on a slow one.
 */
export class SendWindow {
  readonly #sentAt: number[] = [];

  /** The number of pictures on their way. */
  get size(): number {
    return this.#sentAt.length;
  }

  /**
   * Whether one more may go.
   *
   * @param now in milliseconds of a clock that never jumps
   * @param roundTripMs how long the broker takes to answer when nothing is in its way
   */
  isOpen(now: number, roundTripMs: number): boolean {
    const [oldest = now] = this.#sentAt;
    if (this.#sentAt.length < ALWAYS) return true;
    return this.#sentAt.length < MOST && now - oldest < roundTripMs * 1.5;
  }

  /** One has gone. */
  sent(now: number): void {
    this.#sentAt.push(now);
  }

  /** The oldest has come, or never will. */
  confirmed(): void {
    this.#sentAt.shift();
  }
}
