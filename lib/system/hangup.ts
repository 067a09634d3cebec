/** Its number, here and on macOS. */
const SIGHUP = 1;
/** `SIG_IGN` of signal(2), here and on macOS. */
const IGNORE = 1n;

const SYMBOLS = {
  signal: { parameters: ["i32", "usize"], result: "usize" },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * Whether this program was started so that it outlives its terminal, as `nohup` does it. Deno doesn't
 * tell, and forgets it with the first signal that is listened for: to be asked before that.
 */
export function outlivesTerminal(): boolean {
  if (Deno.build.os === "windows") return false;
  const path = Deno.build.os === "darwin" ? "libSystem.B.dylib" : "libc.so.6";
  try {
    const library = Deno.dlopen(path, SYMBOLS);
    const before = library.symbols.signal(SIGHUP, IGNORE);
    library.symbols.signal(SIGHUP, before);
    library.close();
    return before === IGNORE;
  } catch {
    // Another C library.
    return false;
  }
}
