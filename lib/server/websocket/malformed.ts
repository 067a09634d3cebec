/** A connection ends after this many malformed messages within {@linkcode WITHIN_MS}. */
const MOST = 10;
const WITHIN_MS = 10_000;
/** This many kinds of such messages are remembered; a heartbeat has one or two. */
const KINDS = 8;
/** A kind is identified by its first characters; the rest of a long message doesn't matter. */
const KIND_LENGTH = 100;

/**
 * Counts malformed messages. Simple clients send a heartbeat for ever: only a high rate of such
 * messages is an attack.
 */
export class Malformed {
  readonly #now: () => number;
  readonly #times: number[] = [];
  readonly #kinds = new Set<string>();

  /**
   * None so far.
   *
   * @param now a monotonic clock in milliseconds
   */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Counts one; returns whether there were too many recently. */
  count(): boolean {
    const now = this.#now();
    this.#times.push(now);
    if (this.#times.length > MOST) this.#times.shift();
    return this.#times.length === MOST && now - (this.#times[0] ?? now) < WITHIN_MS;
  }

  /**
   * Whether a message is the first of its kind; messages that differ only in their numbers are of
   * the same kind.
   */
  isNews(message: unknown): boolean {
    const kind = typeof message === "string"
      ? message.slice(0, KIND_LENGTH).replace(/\d+/g, "0")
      : typeof message;
    if (this.#kinds.has(kind)) return false;
    if (this.#kinds.size < KINDS) this.#kinds.add(kind);
    return true;
  }
}
