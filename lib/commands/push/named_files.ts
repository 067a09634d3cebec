import { dirname, join } from "node:path";
import { quote } from "../../protocol/quote.ts";

/** Unix shells expand these; PowerShell and cmd.exe pass `*.jpg` on as it is. */
const WILD = /[*?]/;

/**
 * The files named on a command line. A name with `*` or `?` in it stands for the matching files in
 * the order of their names, unless a file has exactly that name.
 *
 * @throws {Error} when no file matches
 */
export async function namedFiles(names: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const name of names) files.push(...await expand(name));
  return files;
}

async function expand(name: string): Promise<string[]> {
  // Windows takes both.
  const last = name.slice(name.search(Deno.build.os === "windows" ? /[^\\/]*$/ : /[^/]*$/));
  if (!WILD.test(last) || await exists(name)) return [name];
  const folder = dirname(name);
  const found: string[] = [];
  for (const entry of await entriesOf(folder)) {
    if (patternOf(last).test(entry)) found.push(folder === "." ? entry : join(folder, entry));
  }
  if (found.length === 0) throw new Error(`Cannot push ${quote(name)}: no file matches that name`);
  return found.toSorted();
}

/**
 * As in a shell, hidden files need a pattern that starts with a dot; as in Windows, case doesn't
 * matter there.
 */
function patternOf(wild: string): RegExp {
  const words = wild.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*").replaceAll("?", ".");
  const flags = Deno.build.os === "windows" ? "isu" : "su";
  return new RegExp(wild.startsWith(".") ? `^${words}$` : `^(?!\\.)${words}$`, flags);
}

async function exists(path: string): Promise<boolean> {
  // Windows doesn't allow such a name.
  return await Deno.stat(path).then(() => true, () => false);
}

async function entriesOf(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).filter(({ isDirectory }) => !isDirectory)
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
