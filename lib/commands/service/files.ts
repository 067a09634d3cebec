import { dirname } from "node:path";

/** A file of a service. */
export interface ServiceFile {
  /** Its whole path. */
  readonly path: string;
  /** Its text. */
  readonly text: string;
  /** Its readers; only its owner may write. */
  readonly mode: number;
}

/** Writes a file atomically; at no time is it more readable than it should be. */
export async function writeWhole({ path, text, mode }: ServiceFile): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const own = `${path}.${crypto.randomUUID()}`;
  try {
    await Deno.writeTextFile(own, text, { createNew: true, mode });
    // The umask may have removed more.
    await Deno.chmod(own, mode);
    await Deno.rename(own, path);
  } catch (error) {
    await removeFile(own);
    throw error;
  }
}

/** Removes a file or an (empty, unless told otherwise) folder; returns whether it existed. */
export async function removeFile(
  path: string,
  { recursive = false }: { recursive?: boolean } = {},
): Promise<boolean> {
  try {
    await Deno.remove(path, { recursive });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
