/**
 * Pings on a WebSocket (RFC 6455, 5.5.2). Deno has none to send, but for those of its `idleTimeout`, behind which it
 * closes a connection that has answered nothing; many clients of simple make answer no pings. So its timer is set off
 * here, and the one that would close is always put off again.
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

type Timed = Record<symbol, unknown>;

/**
 * Pings the other end, unless something is on its way to it. It need not answer.
 *
 * @param socket one of `Deno.upgradeWebSocket` with an `idleTimeout` of 0
 * @returns whether this runtime can be brought to do so
 */
export function ping(socket: WebSocket): boolean {
  const timed = socket as unknown as Timed;
  const [timer, duration] = [symbolOf(WebSocket.prototype, TIMER), symbolOf(socket, DURATION)];
  if (timer === undefined || duration === undefined) return false;
  const start = timed[timer];
  if (typeof start !== "function") return false;
  // A ping behind a picture would wait for it, and is not needed.
  timed[duration] = socket.bufferedAmount === 0 ? SOON : NEVER;
  start.call(socket);
  timed[duration] = NEVER;
  return true;
}

/** Ends what {@linkcode ping} has begun, once the connection is closed. */
export function stopPinging(socket: WebSocket): void {
  // The timer finds the connection closed, and starts no other one.
  if (socket.readyState !== WebSocket.OPEN) ping(socket);
}

function symbolOf(object: object, name: string): symbol | undefined {
  return Object.getOwnPropertySymbols(object).find(({ description }) => description === name);
}
