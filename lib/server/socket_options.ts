/**
 * Options of the listening socket that Deno doesn't offer, set through the C library. Connections
 * inherit them from the listener (Linux, macOS); elsewhere nothing is changed and nothing fails.
 *
 * - `TCP_NOTSENT_LOWAT`: the system takes no more than this beyond what is on its way, so that pictures
 *   don't grow old in its send buffer, which would hold 4 MB and more.
 * - `TCP_USER_TIMEOUT`, `TCP_RXT_CONNDROPTIME`: who takes nothing for so long is disconnected by the
 *   system; a stalled WebSocket can't be closed in any other way.
 * - `SO_KEEPALIVE`: finds viewers that vanished while there is nothing to send.
 *
 * @module
 */

/** The numbers of one system's `socket.h` and `tcp.h`. */
interface Numbers {
  /** The C library. */
  library: string;
  /** `SOL_SOCKET` */
  socketLevel: number;
  /** `SO_ACCEPTCONN` */
  isListening: number;
  /** Where an address has its family, and `AF_INET` and `AF_INET6`. */
  family: { at: number; internet: readonly number[] };
  /** What is set: level, option, value. */
  settings: readonly (readonly [level: number, option: number, value: number])[];
}

const TCP_LEVEL = 6;
const SHUT_RDWR = 2;
const UNSENT_BYTES = 16 * 1024;
const TIMEOUT_SECONDS = 30;
const PROBE_SECONDS = 15;
/** Descriptors are small numbers, but each viewer has one. */
const MAX_DESCRIPTOR = 131_072;

const NUMBERS: Readonly<Partial<Record<typeof Deno.build.os, Numbers>>> = {
  linux: {
    library: "libc.so.6",
    socketLevel: 1,
    isListening: 30,
    family: { at: 0, internet: [2, 10] },
    settings: [
      [TCP_LEVEL, 25, UNSENT_BYTES],
      [TCP_LEVEL, 18, TIMEOUT_SECONDS * 1000],
      [1, 9, 1],
      // TCP_KEEPIDLE and TCP_KEEPINTVL
      [TCP_LEVEL, 4, PROBE_SECONDS],
      [TCP_LEVEL, 5, PROBE_SECONDS],
    ],
  },
  darwin: {
    library: "libSystem.B.dylib",
    socketLevel: 0xffff,
    isListening: 2,
    family: { at: 1, internet: [2, 30] },
    settings: [
      [TCP_LEVEL, 0x201, UNSENT_BYTES],
      [TCP_LEVEL, 0x80, TIMEOUT_SECONDS],
      [0xffff, 8, 1],
      // TCP_KEEPALIVE and TCP_KEEPINTVL
      [TCP_LEVEL, 0x10, PROBE_SECONDS],
      [TCP_LEVEL, 0x101, PROBE_SECONDS],
    ],
  },
};

const SYMBOLS = {
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  shutdown: { parameters: ["i32", "i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

type Libc = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/**
 * Sets them on our listener.
 *
 * @param port the TCP port that it listens on
 * @returns whether all were set
 */
export function setListenerOptions(port: number): boolean {
  return withListener(
    port,
    (libc, descriptor, { settings }) =>
      settings.every(([level, option, value]) => {
        const bytes = new Uint8Array(new Int32Array([value]).buffer);
        return libc.setsockopt(descriptor, level, option, bytes, bytes.length) === 0;
      }),
  );
}

/**
 * Lets our listener take no more connections, and leaves those that came through it alone; Deno can
 * only end both.
 *
 * @param port the TCP port that it listens on
 * @returns whether it could; only Linux lets a listening socket be shut down
 */
export function endListener(port: number): boolean {
  if (Deno.build.os !== "linux") return false;
  return withListener(port, (libc, descriptor) => libc.shutdown(descriptor, SHUT_RDWR) === 0);
}

function withListener(
  port: number,
  use: (libc: Libc, descriptor: number, numbers: Numbers) => boolean,
): boolean {
  const numbers = NUMBERS[Deno.build.os];
  if (numbers === undefined) return false;
  let library: Deno.DynamicLibrary<typeof SYMBOLS> | undefined;
  try {
    library = Deno.dlopen(numbers.library, SYMBOLS);
    const { symbols } = library;
    const descriptor = findListener(symbols, port, numbers);
    return descriptor !== undefined && use(symbols, descriptor, numbers);
  } catch {
    // Another C library, or none that may be loaded: it works without.
    return false;
  } finally {
    library?.close();
  }
}

function findListener(libc: Libc, port: number, numbers: Numbers): number | undefined {
  const address = new Uint8Array(128);
  const flag = new Int32Array(1);
  for (let descriptor = 3; descriptor < MAX_DESCRIPTOR; descriptor++) {
    if (libc.getsockname(descriptor, address, new Uint32Array([address.length])) !== 0) continue;
    const { at, internet } = numbers.family;
    if (!internet.includes(address[at] ?? 0)) continue;
    // sockaddr_in and sockaddr_in6 both have the port here, in network order.
    const own = new DataView(address.buffer).getUint16(2);
    const level = numbers.socketLevel;
    const isKnown =
      libc.getsockopt(descriptor, level, numbers.isListening, flag, new Uint32Array([4])) === 0;
    if (own === port && isKnown && flag[0] !== 0) return descriptor;
  }
  return undefined;
}
