import { openLibc } from "../../system/libc.ts";

/** `AF_UNIX`, `SOCK_DGRAM | SOCK_CLOEXEC`, `MSG_DONTWAIT | MSG_NOSIGNAL` on Linux. */
const AF_UNIX = 1;
const DATAGRAM = 2 | 0o2000000;
const SEND_FLAGS = 0x40 | 0x4000;

/** The socket of the service manager. */
export interface NotifySocket extends Disposable {
  /** Sends one message without waiting; returns whether the system accepted it. */
  send(message: string): boolean;
}

/**
 * Connects to the service manager's socket through the C library: Deno's own Unix datagrams are
 * unstable, and can't reach abstract names.
 *
 * @param address a path, or `@` and an abstract name
 * @throws {Error} when the system has no such sockets
 */
export function openNotifySocket(address: string): NotifySocket {
  const libc = openLibc("socket", "sendto", "close");
  const descriptor = libc?.calls.socket(AF_UNIX, DATAGRAM, 0) ?? -1;
  if (libc === undefined || descriptor < 0) {
    libc?.[Symbol.dispose]();
    throw new Error("the system provides no datagram socket");
  }
  const to = socketAddress(address);
  return {
    send(message) {
      const bytes = new TextEncoder().encode(message);
      const length = BigInt(bytes.length);
      return libc.calls.sendto(descriptor, bytes, length, SEND_FLAGS, to, to.length) === length;
    },
    [Symbol.dispose]() {
      libc.calls.close(descriptor);
      libc[Symbol.dispose]();
    },
  };
}

/** A `sockaddr_un` (unix(7)): an abstract name begins with a zero byte, a path ends with one. */
function socketAddress(address: string): Uint8Array<ArrayBuffer> {
  const isAbstract = address.startsWith("@");
  const name = new TextEncoder().encode(isAbstract ? `\0${address.slice(1)}` : `${address}\0`);
  const bytes = new Uint8Array(2 + name.length);
  bytes.set(new Uint8Array(new Uint16Array([AF_UNIX]).buffer));
  bytes.set(name, 2);
  return bytes;
}
