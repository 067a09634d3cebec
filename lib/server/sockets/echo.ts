export interface EchoOptions {
  /** Pings the client. */
  ping: () => void;
  /** An unanswered ping is repeated on request after this long, in milliseconds. */
  forgottenMs: number;
  /**
   * A monotonic clock in milliseconds.
   *
   * @default {performance.now}
   */
  now?: () => number;
}

/** A client that has kept up for this long is pinged only now and then. */
const TRUST_MS = 2000;
/** The interval of these pings. */
const ASK_MS = 1000;
/** A pong may take this much longer than usual, for a client that is trusted, and for others. */
const PATIENCE_MS = { trusted: 250, asked: 100 };
/** A client whose last pong took this much longer works on each picture, and gets one at a time. */
const WORKING_MS = 400;

/**
 * Tells whether a client reads its messages. Those waiting in its own socket and library can't be
 * seen from here; but a ping queues behind them, and is answered when it is read. A client that has
 * never answered a ping is left alone.
 */
export class Echo {
  readonly #ping: () => void;
  readonly #forgottenMs: number;
  readonly #now: () => number;
  /** When the unanswered ping was sent. */
  #askedAt: number | undefined;
  /** When the oldest unread messages were sent: the one before that ping, and the one behind it. */
  #beforeAt: number | undefined;
  #behindAt: number | undefined;
  /** The shortest and the last response time, in milliseconds. */
  #shortest: number | undefined;
  #last = 0;
  /** When it last answered, and when it last answered late. */
  #answeredAt = -Infinity;
  #lateAt: number;

  constructor({ ping, forgottenMs, now = () => performance.now() }: EchoOptions) {
    this.#ping = ping;
    this.#forgottenMs = forgottenMs;
    this.#now = now;
    this.#lateAt = now();
  }

  /** Sends a ping, unless one was sent a short time ago. */
  ask(): void {
    if (this.#askedAt === undefined || this.#now() - this.#askedAt > this.#forgottenMs) this.#ask();
  }

  /** A message was sent: checks whether it is read, but not too often. */
  sent(): void {
    const now = this.#now();
    if (this.#askedAt !== undefined) {
      this.#behindAt ??= now;
    } else if (!this.#isTrusted || now - this.#answeredAt >= ASK_MS) {
      this.#beforeAt = now;
      this.#ask();
    }
  }

  /** A pong has come: everything sent before the ping has been read. */
  answered(): void {
    if (this.#askedAt === undefined) return;
    const now = this.#answeredAt = this.#now();
    if (this.isBehind) this.#lateAt = now;
    this.#last = now - this.#askedAt;
    this.#shortest = Math.min(this.#shortest ?? Infinity, this.#last);
    this.#askedAt = undefined;
    this.#beforeAt = this.#behindAt;
    this.#behindAt = undefined;
    if (this.#beforeAt !== undefined) this.#ask();
  }

  /** Whether an answer may be on its way. */
  get isAsking(): boolean {
    return this.#askedAt !== undefined;
  }

  /** Whether it has not read what was sent some time ago. */
  get isBehind(): boolean {
    if (this.#shortest === undefined || this.#askedAt === undefined) return false;
    if (this.#beforeAt === undefined) return false;
    const usual = 1.5 * this.#shortest;
    const now = this.#now();
    // On a long line several pictures are always in flight: only a late pong counts.
    if (this.#last <= usual + WORKING_MS) return now - this.#askedAt > usual + this.#patience;
    return now - this.#beforeAt > usual;
  }

  get #isTrusted(): boolean {
    return this.#now() - this.#lateAt > TRUST_MS;
  }

  get #patience(): number {
    return this.#isTrusted ? PATIENCE_MS.trusted : PATIENCE_MS.asked;
  }

  #ask(): void {
    this.#askedAt = this.#now();
    this.#ping();
  }
}
