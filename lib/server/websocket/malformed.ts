/**
 * A connection ends after this many messages that are no commands, within {@linkcode WITHIN_MS}.
 */
const MOST = 10;
const WITHIN_MS = 10_000;
/** The number of kinds of such messages that are remembered; a heartbeat has one or two. */
const KINDS = 8;
/**
 * A kind is known by its first characters; the rest of a long message doesn't make it another kind.
 */
const KIND_LENGTH = 100;

/**
 * Counts what a client says that is no command. Clients of simple make send a heartbeat, and go on for ever: it is
 * how fast such messages come that makes them an attack.
 */
export class Malformed {
  readonly #now: () => number;
  readonly #times: number[] = [];
  readonly #kinds = new Set<string>();

  /**
   * None so far.
   *
   * @param now clock in milliseconds that never jumps
   */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Counts one; whether there were too many of late. */
  count(): boolean {
    const now = this.#now();
    this.#times.push(now);
    if (this.#times.length > MOST) this.#times.shift();
    return this.#times.length === MOST && now - (this.#times[0] ?? now) < WITHIN_MS;
  }

  /** Whether a message is the first of its kind; one that only differs in its numbers is of the same kind. */
  isNews(message: unknown): boolean {
    const kind = typeof message === "string"
      ? message.slice(0, KIND_LENGTH).replace(/\d+/g, "0")
      : typeof message;
    if (this.#kinds.has(kind)) return false;
    if (this.#kinds.size < KINDS) this.#kinds.add(kind);
    return true;
  }
}
