/**
 * The only place that opens the C library, for what Deno doesn't offer.
 *
 * @module
 */

/** Its path on each supported system. */
const PATHS: Readonly<Partial<Record<typeof Deno.build.os, string>>> = {
  linux: "libc.so.6",
  darwin: "libSystem.B.dylib",
};

/** The functions used, from section 2 or 3 of the manual; optional ones don't exist everywhere. */
export const SYMBOLS = {
  close: { parameters: ["i32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  madvise: { parameters: ["u64", "usize", "i32"], result: "i32", optional: true },
  mallopt: { parameters: ["i32", "i32"], result: "i32", optional: true },
  malloc_trim: { parameters: ["usize"], result: "i32", optional: true },
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
  prctl: { parameters: ["i32", "u64", "u64", "u64", "u64"], result: "i32", optional: true },
  sendto: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"], result: "isize" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  shutdown: { parameters: ["i32", "i32"], result: "i32" },
  signal: { parameters: ["i32", "usize"], result: "usize" },
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The name of a function. */
export type CallName = keyof typeof SYMBOLS;

/** Some of its functions, until disposed of. */
export interface Libc<Name extends CallName> extends Disposable {
  /** By their names. */
  readonly calls: Pick<Deno.DynamicLibrary<typeof SYMBOLS>["symbols"], Name>;
}

/**
 * Opens it; `undefined` if it is another library, as on Windows, or may not be loaded.
 *
 * @param names the functions needed: each takes a moment to load
 */
export function openLibc<Name extends CallName>(...names: Name[]): Libc<Name> | undefined {
  const path = PATHS[Deno.build.os];
  if (path === undefined) return undefined;
  try {
    const wanted = Object.fromEntries(names.map((name) => [name, SYMBOLS[name]]));
    const library = Deno.dlopen(path, wanted as unknown as typeof SYMBOLS);
    return { calls: library.symbols, [Symbol.dispose]: () => library.close() };
  } catch {
    return undefined;
  }
}
