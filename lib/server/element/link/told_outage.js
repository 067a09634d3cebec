/** The server gets this long for an attempt before it is asked for the next one. */
export const ATTEMPT_MS = 1000;
/** No date is later, in seconds since 1970. */
const LAST_SECOND = 8.64e12;

/**
 * What a server tells of a camera that gives no pictures.
 *
 * @typedef {object} ToldOutage
 * @property {string} camera its name
 * @property {string} code the kind of failure
 * @property {string} reason in words that follow the name: "was unplugged"
 * @property {number} retryMs the time until the next attempt; below 0 while that is being made
 * @property {number} askMs the time until the server can tell how the attempt went
 */

/**
 * Finds a camera in the `cameras` of a server's state.
 *
 * @param {unknown} cameras
 * @param {string | null} wanted its name; empty or null for the first
 * @returns {Readonly<Record<string, unknown>> | undefined}
 */
export function findTold(cameras, wanted) {
  if (!Array.isArray(cameras)) return undefined;
  const told = cameras.map((each) => Object(each));
  return wanted ? told.find(({ name }) => name === wanted) : told[0];
}

/**
 * Reads why a camera gives no pictures; undefined if it gives some, or the server doesn't tell.
 *
 * @param {Readonly<Record<string, unknown>>} told
 * @param {number} offsetMs how far the server's clock is ahead of ours
 * @returns {ToldOutage | undefined}
 */
export function readOutage({ name, state, code, reason, retry_at: retryAt }, offsetMs) {
  if (state !== "failed" || typeof name !== "string" || typeof reason !== "string") {
    return undefined;
  }
  if (typeof retryAt !== "number" || !(Math.abs(retryAt) <= LAST_SECOND)) return undefined;
  const retryMs = retryAt * 1000 - Date.now() - offsetMs;
  return {
    camera: name,
    code: typeof code === "string" ? code : "failed",
    reason,
    retryMs,
    askMs: Math.max(0, retryMs) + ATTEMPT_MS,
  };
}
