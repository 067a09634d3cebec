import type { Ending } from "../viewers.ts";

/** WebSocket close codes (RFC 6455, 7.4.1): the server ends, or what was asked for has ended. */
export const GOING_AWAY = 1001;
/** The client did something forbidden. */
export const POLICY_VIOLATION = 1008;
/** A message was too long. */
export const MESSAGE_TOO_BIG = 1009;
/** There is no room now. */
export const TRY_AGAIN_LATER = 1013;
/** Deno's code for a connection that ended without a close. */
export const BROKEN_OFF = 0;
/** wscam's own: the share link that opened the connection has expired. */
const LINK_ENDED = 4401;
/** wscam's own: another program pushes the camera's pictures. */
export const TAKEN = 4409;

/** The codes with which wscam ends a connection. */
export const GOODBYES: Readonly<Record<Ending, readonly [code: number, reason: string]>> = {
  server: [GOING_AWAY, "The server ends"],
  link: [LINK_ENDED, "This link has ended"],
  token: [POLICY_VIOLATION, "The token has changed"],
};
