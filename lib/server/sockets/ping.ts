/**
 * Pings on a WebSocket (RFC 6455, 5.5.2), and the pongs that answer them. Deno has none to send, but for those of its
 * `idleTimeout`, behind which it closes a connection that has answered nothing; many clients of simple make answer no
 * pings. So its timer is set off here, and the one that would close is always put off again.
 *
 * @module
 */

/** The timer's method and its duration in seconds, by the names that Deno gives them. */
const TIMER = "[[serverHandleIdleTimeout]]";
const DURATION = "[[idleTimeout]]";

/** Deno takes half of it until the ping, in whole milliseconds. */
const SOON = 0.002;
/** Half of it is the longest that a timer takes, 24 days: it is put off long before. */
const NEVER = 4_000_000;

/** Pings the other end of a WebSocket, where this runtime can be brought to do so; elsewhere it does nothing. */
export class Pinger {
  readonly #socket: WebSocket;
  /** Deno's own method, called for whatever has come; and the name of the duration that it reads. */
  readonly #start: (() => void) | undefined;
  readonly #duration: symbol | undefined;
  /** Frames that have come and are no message yet: those that stay so are pongs. */
  #frames = 0;
  #hasOpened = false;

  /**
   * Pings nobody yet.
   *
   * @param socket one of `Deno.upgradeWebSocket` with an `idleTimeout` of 0
   * @param onPong called when a pong has come
   */
  constructor(socket: WebSocket, onPong: () => void) {
    this.#socket = socket;
    const timer = symbolOf(WebSocket.prototype, TIMER);
    this.#duration = symbolOf(socket, DURATION);
    if (timer === undefined || this.#duration === undefined) return;
    const timed = socket as unknown as Record<symbol, unknown>;
    const start = timed[timer];
    if (typeof start !== "function") return;
    this.#start = () => start.call(socket);
    timed[timer] = () => {
      // Deno calls it once when the connection opens, for nothing that has come: that was taken for a pong, and
      // clients that answer no ping for some that had fallen silent.
      if (!this.#hasOpened) {
        this.#hasOpened = true;
        return;
      }
      this.#frames++;
      queueMicrotask(() => {
        if (this.#frames > 0) onPong();
        this.#frames = 0;
      });
    };
  }

  /** Whether this runtime can be brought to send pings. */
  get canPing(): boolean {
    return this.#start !== undefined;
  }

  /** Sends one, behind everything that was sent before. It need not be answered. */
  ping(): void {
    if (this.#start === undefined) return;
    this.#setDuration(SOON);
    this.#start();
    this.#setDuration(NEVER);
  }

  /** To be called for each message, when it comes: it is no pong. */
  hear(): void {
    this.#frames--;
  }

  /** Ends what pings have begun, once the connection is closed: the timer starts no other one then. */
  stop(): void {
    if (this.#socket.readyState !== WebSocket.OPEN) this.ping();
  }

  #setDuration(seconds: number): void {
    const timed = this.#socket as unknown as Record<symbol, unknown>;
    if (this.#duration !== undefined) timed[this.#duration] = seconds;
  }
}

function symbolOf(object: object, name: string): symbol | undefined {
  return Object.getOwnPropertySymbols(object).find(({ description }) => description === name);
}
