import { CHECKSUMS } from "./targets.ts";

/**
 * Writes the checksums of a folder's files in the format of `sha256sum --check`.
 *
 * @param folder The folder with the files, where the list is written too.
 * @returns The list.
 */
export async function writeChecksums(folder: string): Promise<string> {
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile && name !== CHECKSUMS) names.push(name);
  }
  const lines: string[] = [];
  for (const name of names.sort()) lines.push(`${await sha256(`${folder}/${name}`)}  ${name}\n`);
  await Deno.writeTextFile(`${folder}/${CHECKSUMS}`, lines.join(""));
  return lines.join("");
}

/**
 * Reads such a list.
 *
 * @returns Checksums in hexadecimal digits, by file name.
 */
export function parseChecksums(text: string): Map<string, string> {
  const lines = text.matchAll(/^([0-9a-f]{64}) [ *](.+)$/gm);
  return new Map(Array.from(lines, ([, sum = "", name = ""]) => [name, sum]));
}

/** The SHA-256 of a file, in hexadecimal digits. */
export async function sha256(path: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return new Uint8Array(digest).toHex();
}
