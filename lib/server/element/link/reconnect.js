/** A server that accepts a connection and says nothing for this long is given up: nothing else would end the wait. */
export const CONNECT_LIMIT_MS = 10_000;
const DELAYS_MS = [500, 1000, 2000, 5000];

/**
 * The wait before a viewer reconnects, for the page and every other wscam viewer.
 *
 * @param {number} failures in a row before this one
 * @returns {number} milliseconds
 */
export function reconnectDelayMs(failures) {
  return DELAYS_MS[Math.min(failures, DELAYS_MS.length - 1)] ?? 0;
}
