/** The maximum number of messages in flight at any time. */
const ALWAYS = 2;
/** Never more than this are in flight. */
const MOST = 8;

/**
 * Limits the pictures in flight to a broker: an unconfirmed one is somewhere in a queue. More than
 * two are allowed only while the first of them isn't late: that is, on a long line, but not on a
 * slow one.
 */
export class SendWindow {
  readonly #sentAt: number[] = [];

  /** The number of pictures in flight. */
  get size(): number {
    return this.#sentAt.length;
  }

  /**
   * Whether another picture may be sent.
   *
   * @param now in milliseconds on a monotonic clock
   * @param roundTripMs the broker's response time when it is idle
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
