/**
 * Pings on a WebSocket (RFC 6455, 5.5.2), and the pongs that answer them. Deno can only send those
 * of its `idleTimeout`, after which it closes a connection that hasn't answered; many simple
 * clients don't answer pings. So Deno's timer is triggered here, and the timer that would close is
 * postponed each time.
 *
 * @module
 */

/** The timer's method and its duration in seconds, by Deno's names for them. */
const TIMER = "[[serverHandleIdleTimeout]]";
const DURATION = "[[idleTimeout]]";

/** Deno waits half of it before the ping, in whole milliseconds. */
const SOON = 0.002;
/** Half of it is the longest time a timer supports, 24 days: it is postponed long before. */
const NEVER = 4_000_000;

/** Pings the peer of a WebSocket, if this runtime can be made to; otherwise does nothing. */
export class Pinger {
  readonly #socket: WebSocket;
  /**
   * Deno's own method, called for everything that arrives; and the name of the duration that it
   * reads.
   */
  readonly #start: (() => void) | undefined;
  readonly #duration: symbol | undefined;
  /** Frames that have arrived and are not a message yet: those that never become one are pongs. */
  #frames = 0;
  #hasOpened = false;

  /**
   * Does not ping yet.
   *
   * @param socket from `Deno.upgradeWebSocket` with an `idleTimeout` of 0
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
      // Deno calls it once when the connection opens, without anything having arrived. That was
      // once taken for a pong, and clients that answer no pings for ones that had stopped.
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

  /** Whether this runtime can be made to send pings. */
  get canPing(): boolean {
    return this.#start !== undefined;
  }

  /** Sends one, behind everything sent before. It need not be answered. */
  ping(): void {
    if (this.#start === undefined) return;
    this.#setDuration(SOON);
    this.#start();
    this.#setDuration(NEVER);
  }

  /** To be called for each message on arrival: it is not a pong. */
  hear(): void {
    this.#frames--;
  }

  /** Cleans up after pings, once the connection is closed: the timer must not start again. */
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
