import { fileURLToPath } from "node:url";

/** One import, type-only ones included. */
export interface Import {
  /** As it is written. */
  specifier: string;
  /** Its target: a path from the top folder if it is one of ours, otherwise an address. */
  target: string;
  /** Counted from 1. */
  line: number;
}

/** One source file and what it imports. */
export interface Module {
  /** From the top folder, with `/`. */
  path: string;
  imports: Import[];
}

/** Every source file of the project. */
export type ImportGraph = readonly Module[];

/** The part of `deno info --json` that is used; `code` and `type` are the two ways to import. */
interface Info {
  modules: { specifier: string; dependencies?: InfoDependency[] }[];
}

interface InfoDependency {
  specifier: string;
  code?: InfoTarget;
  type?: InfoTarget;
}

interface InfoTarget {
  specifier?: string;
  span: { start: { line: number } };
}

const SOURCES = ["main.ts", "lib", "scripts", "tests"];

/**
 * Reads the imports of every source file, by `deno info`.
 *
 * @param root The top folder, as a `file:` address that ends with `/`.
 * @returns The files, in the order of their paths.
 * @throws {Error} If `deno info` fails.
 */
export async function readImportGraph(root: URL): Promise<ImportGraph> {
  const files = SOURCES.flatMap((path) => [...sources(root, path)]).sort();
  // `deno info` takes a single file, so one is made that imports them all.
  await using all = await temporaryFile(
    files.map((path) => `import ${JSON.stringify(new URL(path, root).href)};\n`).join(""),
  );
  const info = await denoInfo(all.path, new URL("tests/deno.json", root));
  const known = new Set(files);
  return info.modules
    .map(({ specifier, dependencies = [] }) => ({
      path: local(specifier, root),
      imports: dependencies.flatMap((dependency) => importsOf(dependency, root)),
    }))
    .filter(({ path }) => known.has(path))
    .sort((a, b) => a.path < b.path ? -1 : 1);
}

function* sources(root: URL, path: string): Generator<string> {
  const found = Deno.statSync(new URL(path, root));
  if (found.isFile) {
    if (path.endsWith(".ts")) yield path;
    return;
  }
  for (const { name } of Deno.readDirSync(new URL(path, root))) {
    yield* sources(root, `${path}/${name}`);
  }
}

async function temporaryFile(text: string): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.makeTempFile({ prefix: "wscam-imports-", suffix: ".ts" });
  await Deno.writeTextFile(path, text);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path) };
}

async function denoInfo(path: string, config: URL): Promise<Info> {
  const args = ["info", "--json", "--no-lock", "--no-npm", "--no-remote", "--config"];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args, fileURLToPath(config), path],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  if (success) return JSON.parse(decoder.decode(stdout));
  throw new Error(`Cannot read the imports: deno info failed: ${decoder.decode(stderr).trim()}`);
}

function importsOf({ specifier, code, type }: InfoDependency, root: URL): Import[] {
  return [code, type].filter((way) => way !== undefined).map((way) => ({
    specifier,
    target: local(way.specifier ?? specifier, root),
    line: way.span.start.line + 1,
  }));
}

function local(address: string, root: URL): string {
  return address.startsWith(root.href)
    ? decodeURIComponent(address.slice(root.href.length))
    : address;
}
