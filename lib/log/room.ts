/** `struct pollfd` of poll(2): a descriptor, what is asked and what is answered; the same on macOS. */
const POLLOUT = 4;
const SYMBOLS = {
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * Whether a line can be written to a descriptor now. A pipe that nobody reads, or a terminal that was
 * stopped with Ctrl+S, would hold up the whole program. Where that can't be known, it is taken for true.
 */
export function hasRoom(descriptor: number): boolean {
  if (Deno.build.os === "windows") return true;
  const path = Deno.build.os === "darwin" ? "libSystem.B.dylib" : "libc.so.6";
  try {
    const library = Deno.dlopen(path, SYMBOLS);
    const asked = new DataView(new ArrayBuffer(8));
    asked.setInt32(0, descriptor, true);
    asked.setInt16(4, POLLOUT, true);
    const ready = library.symbols.poll(new Uint8Array(asked.buffer), 1n, 0);
    library.close();
    return ready !== 0;
  } catch {
    // Another C library.
    return true;
  }
}
