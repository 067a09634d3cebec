/** The variable for the temporary folder; on Windows each user has a separate one already. */
const VARIABLE = "TMPDIR";
/** Where temporary files go if that isn't set. */
const USUAL = "/tmp";

/** The usual temporary folder, while it is another one. */
let usual: string | undefined;

/** No private temporary folder can be made. */
export class TmpdirError extends Error {
  /** Its name in a stack. */
  override readonly name = "TmpdirError";
}

/**
 * Runs a function while the temporary folder is a new one, which nobody else can read, write or
 * guess. An executable needs this: older Deno runtimes write native code into that folder under a
 * predictable name, and load whatever is there, whoever put it there. The new folder is removed
 * afterwards: what was loaded from it stays in memory. Not to be run twice at once.
 *
 * @throws {TmpdirError} when no such folder can be made
 */
export async function withPrivateTmpdir<T>(run: () => Promise<T>): Promise<T> {
  const folder = await makePrivateFolder();
  const before = Deno.env.get(VARIABLE);
  try {
    assertPrivate(folder, await Deno.lstat(folder));
    usual = before || USUAL;
    Deno.env.set(VARIABLE, folder);
    return await run();
  } finally {
    usual = undefined;
    if (before === undefined) Deno.env.delete(VARIABLE);
    else Deno.env.set(VARIABLE, before);
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
}

/**
 * A new folder for temporary files that no other user may enter. It lies in the usual folder even
 * while that is another one, with which it would be removed.
 *
 * @throws {TmpdirError} when it can't be made
 */
export async function makePrivateFolder(): Promise<string> {
  const place = usual === undefined ? {} : { dir: usual };
  try {
    return await Deno.makeTempDir({ prefix: "wscam-", ...place });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TmpdirError(`Cannot make a folder for temporary files: ${reason}`, { cause });
  }
}

function assertPrivate(folder: string, { isDirectory, mode, uid }: Deno.FileInfo): void {
  const isOwn = isDirectory && uid === Deno.uid();
  if (isOwn && mode !== null && (mode & 0o077) === 0) return;
  throw new TmpdirError(
    `Cannot use '${folder}': it must be a folder of this user that nobody else may enter`,
  );
}
