/**
 * Options of the listening socket that Deno doesn't offer. Connections inherit them from the listener
 * (Linux, macOS); on other systems nothing changes and nothing fails.
 *
 * - `TCP_NOTSENT_LOWAT`: the system accepts no more than this beyond the bytes in flight, so that
 *   pictures don't grow old in its send buffer, which would hold 4 MB and more.
 * - `TCP_USER_TIMEOUT`, `TCP_RXT_CONNDROPTIME`: the system disconnects a client that reads nothing
 *   for this long; a stalled WebSocket can't be closed in any other way.
 * - `SO_KEEPALIVE`: finds viewers that vanished while there is nothing to send.
 *
 * @module
 */
import { Sockets, TCP_LEVEL } from "../../system/sockets.ts";

/** An option to set: level, option, value. */
type SocketSetting = readonly [level: number, option: number, value: number];

const UNSENT_BYTES = 16 * 1024;
const TIMEOUT_SECONDS = 30;
const PROBE_SECONDS = 15;

/** The numbers from each system's `socket.h` and `tcp.h`. */
const SETTINGS: Readonly<Partial<Record<typeof Deno.build.os, readonly SocketSetting[]>>> = {
  linux: [
    [TCP_LEVEL, 25, UNSENT_BYTES],
    [TCP_LEVEL, 18, TIMEOUT_SECONDS * 1000],
    [1, 9, 1],
    // TCP_KEEPIDLE and TCP_KEEPINTVL
    [TCP_LEVEL, 4, PROBE_SECONDS],
    [TCP_LEVEL, 5, PROBE_SECONDS],
  ],
  darwin: [
    [TCP_LEVEL, 0x201, UNSENT_BYTES],
    [TCP_LEVEL, 0x80, TIMEOUT_SECONDS],
    [0xffff, 8, 1],
    // TCP_KEEPALIVE and TCP_KEEPINTVL
    [TCP_LEVEL, 0x10, PROBE_SECONDS],
    [TCP_LEVEL, 0x101, PROBE_SECONDS],
  ],
};

/**
 * Sets them on our listener.
 *
 * @param port the TCP port that it listens on
 * @returns whether all were set
 */
export function setListenerOptions(port: number): boolean {
  using sockets = Sockets.open();
  const descriptor = sockets?.findListener(port);
  if (sockets === undefined || descriptor === undefined) return false;
  return SETTINGS[Deno.build.os]?.every((setting) => sockets.setOption(descriptor, ...setting)) ??
    false;
}

/**
 * Stops our listener from accepting connections without touching the accepted ones; Deno can only
 * end both.
 *
 * @param port the TCP port that it listens on
 * @returns whether that worked; only Linux can shut down a listening socket
 */
export function endListener(port: number): boolean {
  if (Deno.build.os !== "linux") return false;
  using sockets = Sockets.open();
  const descriptor = sockets?.findListener(port);
  return sockets !== undefined && descriptor !== undefined && sockets.shutDown(descriptor);
}
