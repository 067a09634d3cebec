import type { Ending } from "../viewers.ts";

/** WebSocket close codes (RFC 6455, 7.4.1): the server ends, or what was asked for does. */
export const GOING_AWAY = 1001;
/** The client has done what it may not. */
export const POLICY_VIOLATION = 1008;
/** A message was too long. */
export const MESSAGE_TOO_BIG = 1009;
/** There is no room now. */
export const TRY_AGAIN_LATER = 1013;
/** Deno's code for a connection that has ended without a close. */
export const BROKEN_OFF = 0;
/** One of our own: the share link that opened the connection has ended. */
const LINK_ENDED = 4401;
/** One of our own: another program brings the camera's pictures. */
export const TAKEN = 4409;

/** The codes with which we end a connection. */
export const GOODBYES: Readonly<Record<Ending, readonly [code: number, reason: string]>> = {
  server: [GOING_AWAY, "The server ends"],
  link: [LINK_ENDED, "This link has ended"],
  token: [POLICY_VIOLATION, "The token has changed"],
};
