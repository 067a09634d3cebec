import { dirname } from "node:path";

/** A file that a service is made of. */
export interface ServiceFile {
  /** Its whole path. */
  readonly path: string;
  /** Its text. */
  readonly text: string;
  /** Its readers; only its owner writes. */
  readonly mode: number;
}

/** Writes a file whole or not at all, and never readable for more than it should be. */
export async function writeWhole({ path, text, mode }: ServiceFile): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const own = `${path}.${crypto.randomUUID()}`;
  try {
    await Deno.writeTextFile(own, text, { createNew: true, mode });
    // The umask may have taken more away.
    await Deno.chmod(own, mode);
    await Deno.rename(own, path);
  } catch (error) {
    await removeFile(own);
    throw error;
  }
}

/** Removes a file or a folder, an empty one unless told otherwise; says whether it was there. */
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
