import type { Target } from "./targets.ts";

/** The part of `deno info --json main.ts` that is used. */
export interface Info {
  /** Every module in the graph; packages as `npm:/NAME@VERSION/…`. */
  modules: { specifier: string }[];
  /** Every package of the lock file, by `NAME@VERSION`. */
  npmPackages: Record<string, NpmPackage>;
}

/** A package and its location. */
export interface NpmPackage {
  /** Its name in the registry. */
  name: string;
  /** Its exact version. */
  version: string;
  /** Its dependencies, by `NAME@VERSION`. */
  dependencies: string[];
  /** The folder that it was unpacked into. */
  localPath: string;
}

/** The packages that the program imports, with their dependencies. */
export function reachedPackages({ modules, npmPackages }: Info): NpmPackage[] {
  const reached = new Set<string>();
  const waiting = modules.map(({ specifier }) => specifier)
    .filter((specifier) => specifier.startsWith("npm:"))
    .map((specifier) => specifier.match(/^npm:\/?((?:@[^/]+\/)?[^/]+)/)?.[1] ?? "");
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    if (reached.has(key)) continue;
    reached.add(key);
    waiting.push(...npmPackages[key]?.dependencies ?? []);
  }
  return Object.entries(npmPackages).filter(([key]) => reached.has(key)).map(([, found]) => found);
}

/** A package's terms, which stay in any case. */
const TERMS = /^LICEN[CS]E/i;
/** The files of imagescript that are loaded with it, whether anything of them is used or not. */
const LOADED = [
  "package.json",
  "ImageScript.js",
  "codecs/node/index.js",
  "png/node.js",
  "utils",
  "v2/framebuffer.js",
  "wasm/node",
];

/**
 * Files that `deno compile` would embed and the program never reads: of packages that are in the bundle, or that only
 * tests need, and of imagescript all but its JavaScript and the native code for this system.
 *
 * @returns Folders and files, each by its whole path.
 */
export function unneededFiles(info: Info, { addon }: Target): string[] {
  const reached = reachedPackages(info);
  const imagescript = reached.find(({ name }) => name === "imagescript");
  if (imagescript === undefined) throw new Error("Cannot compile: imagescript is not imported");
  const needed = [...LOADED, `codecs/node/bin/${addon}`].map((path) =>
    `${imagescript.localPath}/${path}`
  );
  const missing = needed.find((path) => !isThere(path));
  if (missing !== undefined) throw new Error(`Cannot compile: imagescript has no ${missing}`);
  return Object.values(info.npmPackages).flatMap(({ localPath }) => allBut(needed, localPath));
}

/** The unneeded contents of a folder, in as few paths as possible. */
function allBut(needed: readonly string[], folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort().flatMap((name) => {
    const path = `${folder}/${name}`;
    if (TERMS.test(name) || needed.includes(path)) return [];
    const holdsNeeded = needed.some((each) => each.startsWith(`${path}/`));
    return holdsNeeded ? allBut(needed, path) : [path];
  });
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
