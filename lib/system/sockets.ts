/**
 * Socket calls that Deno lacks, through the C library, on Linux and macOS. Nothing here throws;
 * unknown values are `undefined`. A descriptor that Deno owns is never closed here: its number may
 * already belong to another file.
 *
 * None of this works on Windows: slow viewers may see older pictures there, and a client that sends
 * half a request or reads nothing stays connected until its own system closes the connection.
 *
 * @module
 */

import { type Libc, openLibc } from "./libc.ts";

/** The constants of a system's `socket.h`, `tcp.h` and `resource.h`. */
interface Numbers {
  /** `SOL_SOCKET` */
  socketLevel: number;
  /** `SO_ACCEPTCONN` */
  isListening: number;
  /** The offset of an address's family, and the values of `AF_INET` and `AF_INET6`. */
  family: { at: number; version4: number; version6: number };
  /** `RLIMIT_NOFILE` */
  descriptors: number;
  /** The option that reports the traffic, and the minimum size of its result. */
  traffic: { option: number; bytes: number };
}

const NUMBERS: Readonly<Partial<Record<typeof Deno.build.os, Numbers>>> = {
  linux: {
    socketLevel: 1,
    isListening: 30,
    family: { at: 0, version4: 2, version6: 10 },
    descriptors: 7,
    // TCP_INFO; the fields used exist since Linux 4.6.
    traffic: { option: 11, bytes: 148 },
  },
  darwin: {
    socketLevel: 0xffff,
    isListening: 2,
    family: { at: 1, version4: 2, version6: 30 },
    descriptors: 8,
    // TCP_CONNECTION_INFO
    traffic: { option: 0x106, bytes: 112 },
  },
};

/** The functions that are called here. */
const CALLS = [
  "connect",
  "getpeername",
  "getrlimit",
  "getsockname",
  "getsockopt",
  "setsockopt",
  "shutdown",
] as const;
type Call = typeof CALLS[number];

/** `IPPROTO_TCP`, the level of TCP's options. */
export const TCP_LEVEL = 6;
/** `SHUT_RDWR` */
const BOTH_WAYS = 2;
/** An address of the family `AF_UNSPEC`. */
const NOWHERE = new Uint8Array(16);
/** Descriptors are small numbers, but each viewer has one. */
const MAX_LISTENER = 131_072;

/** One end of a connection, or a listener. */
export interface Endpoint {
  /** The address, as Deno writes it. */
  hostname: string;
  /** The port. */
  port: number;
}

/** The traffic of a connection. */
export interface Traffic {
  /** Bytes that the other end has taken. */
  taken: number;
  /** Whether there are bytes that it has not taken. */
  isWaiting: boolean;
  /** Bytes received from it. */
  received: number;
}

/** The sockets of this process, by descriptor. */
export class Sockets implements Disposable {
  readonly #libc: Libc<Call>;
  readonly #numbers: Numbers;
  readonly #address = new Uint8Array(128);
  readonly #value = new DataView(new ArrayBuffer(512));
  readonly #valueBytes = new Uint8Array(this.#value.buffer);
  readonly #length = new Uint32Array(1);

  private constructor(libc: Libc<Call>, numbers: Numbers) {
    this.#libc = libc;
    this.#numbers = numbers;
  }

  /** Opens the C library for them; `undefined` if it can't be used. */
  static open(): Sockets | undefined {
    const numbers = NUMBERS[Deno.build.os];
    const libc = numbers && openLibc(...CALLS);
    return libc && new Sockets(libc, numbers);
  }

  /** Finds this process's listener on a TCP port. */
  findListener(port: number): number | undefined {
    for (let descriptor = 3; descriptor < MAX_LISTENER; descriptor++) {
      if (this.portOf(descriptor, "local") === port && this.#isListening(descriptor)) {
        return descriptor;
      }
    }
    return undefined;
  }

  /** The port of one end of a TCP socket; cheaper than the whole {@linkcode Sockets.endpoint}. */
  portOf(descriptor: number, end: "local" | "peer"): number | undefined {
    const { getsockname, getpeername } = this.#libc.calls;
    this.#length[0] = this.#address.length;
    const ask = end === "local" ? getsockname : getpeername;
    if (ask(descriptor, this.#address, this.#length) !== 0) return undefined;
    const { at, version4, version6 } = this.#numbers.family;
    const family = this.#address[at];
    if (family !== version4 && family !== version6) return undefined;
    // sockaddr_in and sockaddr_in6 both have the port here, in network order.
    return (this.#address[2] ?? 0) << 8 | (this.#address[3] ?? 0);
  }

  /**
   * A number that differs for different peers, at least by port; cheaper than {@linkcode
   * Sockets.endpoint}.
   */
  peerKey(descriptor: number): number | undefined {
    const port = this.portOf(descriptor, "peer");
    if (port === undefined) return undefined;
    const { at, version4 } = this.#numbers.family;
    const [a = 0, b = 0, c = 0, d = 0] = this.#address[at] === version4
      ? this.#address.subarray(4, 8)
      : this.#address.subarray(20, 24);
    return (a * 0x1000000 + b * 0x10000 + c * 0x100 + d) * 0x10000 + port;
  }

  /** One end of a TCP socket. */
  endpoint(descriptor: number, end: "local" | "peer"): Endpoint | undefined {
    const port = this.portOf(descriptor, end);
    if (port === undefined) return undefined;
    const { at, version4 } = this.#numbers.family;
    const isVersion4 = this.#address[at] === version4;
    const hostname = isVersion4
      ? this.#address.subarray(4, 8).join(".")
      : version6Text(this.#address.subarray(8, 24));
    return { hostname, port };
  }

  /** The traffic of a connection. */
  traffic(descriptor: number): Traffic | undefined {
    const { option, bytes } = this.#numbers.traffic;
    if (this.#read(descriptor, TCP_LEVEL, option) < bytes) return undefined;
    const u32 = (at: number): number => this.#value.getUint32(at, true);
    const u64 = (at: number): number => u32(at) + u32(at + 4) * 2 ** 32;
    if (Deno.build.os === "linux") {
      // tcpi_unacked, tcpi_bytes_acked, tcpi_bytes_received, tcpi_notsent_bytes
      return { taken: u64(120), isWaiting: u32(24) + u32(144) > 0, received: u64(128) };
    }
    // tcpi_snd_sbbytes, tcpi_txbytes, tcpi_rxbytes
    return { taken: u64(64), isWaiting: u32(32) > 0, received: u64(88) };
  }

  /** Sets a numeric option; returns whether it was set. */
  setOption(descriptor: number, level: number, option: number, value: number): boolean {
    const bytes = new Uint8Array(new Int32Array([value]).buffer);
    const { setsockopt } = this.#libc.calls;
    return setsockopt(descriptor, level, option, bytes, bytes.length) === 0;
  }

  /**
   * Ends a connection, whatever state it is in. Its owner is notified, and frees the descriptor.
   */
  shutDown(descriptor: number): boolean {
    return this.#libc.calls.shutdown(descriptor, BOTH_WAYS) === 0;
  }

  /**
   * Ends a connection, and discards received data that was not read. Its owner is notified, and
   * frees the descriptor.
   */
  reset(descriptor: number): boolean {
    // Linux disconnects a socket that is connected to no address (connect(2)).
    if (this.#libc.calls.connect(descriptor, NOWHERE, NOWHERE.length) === 0) return true;
    return this.shutDown(descriptor);
  }

  /** The maximum number of descriptors of this process. */
  descriptorLimit(): number | undefined {
    const { getrlimit } = this.#libc.calls;
    if (getrlimit(this.#numbers.descriptors, this.#valueBytes) !== 0) return undefined;
    return Number(this.#value.getBigUint64(0, true));
  }

  /** Unloads it. */
  [Symbol.dispose](): void {
    this.#libc[Symbol.dispose]();
  }

  #isListening(descriptor: number): boolean {
    const { socketLevel, isListening } = this.#numbers;
    return this.#read(descriptor, socketLevel, isListening) === 4 &&
      this.#value.getInt32(0, true) !== 0;
  }

  /** Reads an option; returns the length of its value in bytes. */
  #read(descriptor: number, level: number, option: number): number {
    const { getsockopt } = this.#libc.calls;
    this.#length[0] = this.#valueBytes.length;
    const failed = getsockopt(descriptor, level, option, this.#valueBytes, this.#length) !== 0;
    return failed ? 0 : this.#length[0] ?? 0;
  }
}

/** In Deno's notation: RFC 5952, with an embedded IPv4 address in decimal. */
function version6Text(bytes: Uint8Array): string {
  const isMapped = bytes.subarray(0, 10).every((byte) => byte === 0) &&
    bytes[10] === 0xff && bytes[11] === 0xff;
  if (isMapped) return `::ffff:${bytes.subarray(12).join(".")}`;
  const groups = Array.from({ length: 8 }, (_, i) => {
    return ((bytes[2 * i] ?? 0) << 8 | (bytes[2 * i + 1] ?? 0)).toString(16);
  });
  return new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1);
}
