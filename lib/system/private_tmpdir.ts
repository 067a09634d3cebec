/** The variable that names the folder for temporary files; on Windows there is one for each user already. */
const VARIABLE = "TMPDIR";

/** There can be no folder for temporary files that is ours alone. */
export class TmpdirError extends Error {
  /** Its name in a stack. */
  override readonly name = "TmpdirError";
}

/**
 * Runs something while the folder for temporary files is a new one, that nobody else can read, write or guess the
 * name of. An executable needs it: older runtimes of Deno write native code into that folder under a name that
 * depends on nothing secret, and load what lies there, whoever put it there. The new folder is gone afterwards: what
 * was loaded from it stays in memory.
 *
 * Not to be run twice at once.
 *
 * @throws {TmpdirError} when there can be no such folder
 */
export async function withPrivateTmpdir<T>(run: () => Promise<T>): Promise<T> {
  const folder = await makeFolder();
  const before = Deno.env.get(VARIABLE);
  try {
    assertPrivate(folder, await Deno.lstat(folder));
    Deno.env.set(VARIABLE, folder);
    return await run();
  } finally {
    if (before === undefined) Deno.env.delete(VARIABLE);
    else Deno.env.set(VARIABLE, before);
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
}

async function makeFolder(): Promise<string> {
  try {
    return await Deno.makeTempDir({ prefix: "wscam-" });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TmpdirError(`Cannot make a folder for temporary files: ${reason}`, { cause });
  }
}

function assertPrivate(folder: string, { isDirectory, mode, uid }: Deno.FileInfo): void {
  const isOwn = isDirectory && uid === Deno.uid();
  if (isOwn && mode !== null && (mode & 0o077) === 0) return;
  throw new TmpdirError(
    `Cannot use '${folder}': it must be a folder of ours that nobody else may enter`,
  );
}
