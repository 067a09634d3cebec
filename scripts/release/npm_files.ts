import type { Target } from "./targets.ts";

/** The part of `deno info --json main.ts` that is read. */
export interface Info {
  /** Every module that is reached; packages as `npm:/NAME@VERSION/…`. */
  modules: { specifier: string }[];
  /** Every package of the lock file, by `NAME@VERSION`. */
  npmPackages: Record<string, NpmPackage>;
}

/** A package, and where it lies. */
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

/** The packages that the program imports, with what these need. */
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

/**
 * Files that `deno compile` would embed and the program never reads: packages of the tests, and of
 * imagescript the native code for other systems and all decoders but that of `watch --show`.
 *
 * @returns Folders and files, each by its whole path.
 */
export function unneededFiles(info: Info, { addon }: Target): string[] {
  const reached = reachedPackages(info);
  const others = Object.values(info.npmPackages).filter((found) => !reached.includes(found))
    .map(({ localPath }) => localPath);
  const imagescript = reached.find(({ name }) => name === "imagescript");
  if (imagescript === undefined) throw new Error("Cannot compile: imagescript is not imported");
  const { localPath } = imagescript;
  const addons = filesIn(`${localPath}/codecs/node/bin`);
  if (!addons.some((path) => path.endsWith(`/${addon}`))) {
    throw new Error(`Cannot compile: imagescript has no ${addon}`);
  }
  return [
    ...others,
    ...addons.filter((path) => !path.endsWith(`/${addon}`)),
    ...filesIn(`${localPath}/wasm/any`).filter((path) => !path.endsWith("/jpeg.wasm")),
    ...filesIn(`${localPath}/bench`),
  ];
}

function filesIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => `${folder}/${name}`).sort();
}
