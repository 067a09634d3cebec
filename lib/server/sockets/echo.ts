/** Options of {@linkcode Echo}. */
export interface EchoOptions {
  /** Pings the client. */
  ping: () => void;
  /** A ping that isn't answered for so long is sent again when it is asked for, in milliseconds. */
  forgottenMs: number;
  /** Clock in milliseconds that never jumps. @default {performance.now} */
  now?: () => number;
}

/** A client that has kept up for so long is asked only now and then. */
const TRUST_MS = 2000;
/** The interval at which it is asked then. */
const ASK_MS = 1000;
/** A pong may take this much longer than usual, from a client that is trusted, and from others. */
const PATIENCE_MS = { trusted: 250, asked: 100 };
/** A client whose last pong took so much longer works on each picture, and gets one at a time. */
const WORKING_MS = 400;

/**
 * Tells whether a client reads its messages. The ones that wait in its own socket, and in its
 * library, can't be seen from here; but a ping stands behind them, and is answered when it is read.
 * A client that has never answered is left alone.
 */
export class Echo {
  readonly #ping: () => void;
  readonly #forgottenMs: number;
  readonly #now: () => number;
  /** When the ping was sent that is not answered yet. */
  #askedAt: number | undefined;
  /** When the oldest message was sent that lies before that ping, or behind it, and may not have been read. */
  #beforeAt: number | undefined;
  #behindAt: number | undefined;
  /** The shortest time that a pong took, and the last one, in milliseconds. */
  #shortest: number | undefined;
  #last = 0;
  /** When it last answered, and when it last did so late. */
  #answeredAt = -Infinity;
  #lateAt: number;

  constructor({ ping, forgottenMs, now = () => performance.now() }: EchoOptions) {
    this.#ping = ping;
    this.#forgottenMs = forgottenMs;
    this.#now = now;
    this.#lateAt = now();
  }

  /** Asks whether it is there, unless it was asked a short time ago. */
  ask(): void {
    if (this.#askedAt === undefined || this.#now() - this.#askedAt > this.#forgottenMs) this.#ask();
  }

  /** A message was sent: asks whether it is read, but not too often. */
  sent(): void {
    const now = this.#now();
    if (this.#askedAt !== undefined) {
      this.#behindAt ??= now;
    } else if (!this.#isTrusted || now - this.#answeredAt >= ASK_MS) {
      this.#beforeAt = now;
      this.#ask();
    }
  }

  /** A pong has come: all that was sent before the ping is read. */
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

  /** Whether it has not read what it was sent some time ago. */
  get isBehind(): boolean {
    if (this.#shortest === undefined || this.#askedAt === undefined) return false;
    if (this.#beforeAt === undefined) return false;
    const usual = 1.5 * this.#shortest;
    const now = this.#now();
    // On a long way several pictures are under way at any time: it is the pong that is late or isn't.
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
