const isWindows = Deno.build.os === "windows";

/** A temporary folder, and what is written to it. */
export interface Temporary extends AsyncDisposable {
  /** Variables that make a program use it. */
  env: Record<string, string>;
  /**
   * Says that native code was written to a safe place.
   *
   * @throws {Error} if it was not
   */
  check(): string;
}

/**
 * Watches where native code is written before it is loaded. In the folder that all users share,
 * somebody else could place a file under the name that the runtime will choose, and have it loaded;
 * so it must be a private folder.
 *
 * @param cwd The folder to make it in.
 */
export async function watchTemporary(cwd: string): Promise<Temporary> {
  const folder = await Deno.makeTempDir({ dir: cwd, prefix: "tmp-" });
  const modes = new Map<string, number | null>();
  const watcher = Deno.watchFs(folder, { recursive: false });
  const watching = (async () => {
    for await (const { kind, paths } of watcher) {
      // A folder that is gone already, or a file, is reported by its name alone.
      if (kind === "create") { for (const path of paths) modes.set(path, modeOf(path)); }
    }
  })();
  return {
    env: isWindows ? {} : { TMPDIR: folder },
    check() {
      const paths = [
        ...modes.keys(),
        ...Array.from(Deno.readDirSync(folder), ({ name }) => `${folder}/${name}`),
      ];
      const shared = paths.find((path) => /\.(node|so|dylib|dll)\b/.test(path));
      if (shared !== undefined) {
        throw new Error(`Native code must be written into a folder of its own, not as ${shared}`);
      }
      const open = [...modes].find(([, mode]) => mode !== null && (mode & 0o077) !== 0);
      if (open !== undefined && !isWindows) {
        throw new Error(`A folder for native code must be its owner's alone: ${open[0]}`);
      }
      return `native code: ${modes.size === 0 ? "nothing is written" : "in a folder of its own"}`;
    },
    async [Symbol.asyncDispose]() {
      watcher.close();
      await watching;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

function modeOf(path: string): number | null {
  try {
    const { isDirectory, mode } = Deno.lstatSync(path);
    return isDirectory ? mode : null;
  } catch {
    return null;
  }
}
