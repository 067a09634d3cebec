import { dirname, join } from "node:path";
import { quote } from "../../protocol/quote.ts";

/** What a shell of Unix would have expanded: PowerShell and cmd.exe hand `*.jpg` on as it is. */
const WILD = /[*?]/;

/**
 * The files that were named on a command line, with those that a name with `*` or `?` in it stands for, in the order
 * of their names. A file of that very name comes first.
 *
 * @throws {Error} when no file has such a name
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
  if (found.length === 0) throw new Error(`Cannot push ${quote(name)}: no file has such a name`);
  return found.toSorted();
}

/** As in a shell, a name that begins with a dot must be named so; and as in Windows, case doesn't matter there. */
function patternOf(wild: string): RegExp {
  const words = wild.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*").replaceAll("?", ".");
  const flags = Deno.build.os === "windows" ? "isu" : "su";
  return new RegExp(wild.startsWith(".") ? `^${words}$` : `^(?!\\.)${words}$`, flags);
}

async function exists(path: string): Promise<boolean> {
  // Windows takes no such name.
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
