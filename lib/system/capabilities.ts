/** The numbers of Linux's `prctl.h`. */
const PR_CAP_AMBIENT = 47;
const PR_CAP_AMBIENT_CLEAR_ALL = 4n;

const SYMBOLS = {
  prctl: { parameters: ["i32", "u64", "u64", "u64", "u64"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * Keeps the rights that a service manager has given to this program from every program that it starts:
 * ffmpeg reads what strangers send, and has no need to read the files of root (capabilities(7), "ambient").
 */
export function keepCapabilities(): void {
  if (Deno.build.os !== "linux") return;
  try {
    const library = Deno.dlopen("libc.so.6", SYMBOLS);
    library.symbols.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0n, 0n, 0n);
    library.close();
  } catch {
    // Another C library: what it is called there isn't known.
  }
}
