import { openLibc } from "../system/libc.ts";

/**
 * `struct pollfd` of poll(2): a descriptor, the requested and the returned events; the same on
 * macOS.
 */
const POLLOUT = 4;
/**
 * Whether a line can be written to a descriptor without blocking. A pipe that nobody reads, or a
 * terminal stopped with Ctrl+S, would block the whole program. If that can't be found out, the
 * answer is yes.
 */
export function hasRoom(descriptor: number): boolean {
  using libc = openLibc("poll");
  if (libc === undefined) return true;
  const asked = new DataView(new ArrayBuffer(8));
  asked.setInt32(0, descriptor, true);
  asked.setInt16(4, POLLOUT, true);
  return libc.calls.poll(new Uint8Array(asked.buffer), 1n, 0) !== 0;
}
