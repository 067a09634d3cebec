import { mustRun, type Run } from "./run.ts";

/** The part of `deno info --json` that is used. */
interface Info {
  npmCache?: string;
  npmPackages?: Record<string, { name: string; version: string }>;
}

const REGISTRY = "registry.npmjs.org";

/** The service must be able to read what root writes, whatever root's umask is. */
const READABLE = 'umask 022 && exec "$0" "$@"';

/**
 * Puts everything that deno needs to run a module into a folder that a service can read. Packages
 * that are already there are copied, so that no network is needed; deno downloads the rest.
 *
 * @param module the program, as deno takes it
 * @param options deno itself, the folder, and who runs programs
 * @throws {Error} when something is missing and can't be downloaded
 */
export async function provideDownloads(
  module: string,
  { deno, folder, run }: { deno: string; folder: string; run: Run },
): Promise<void> {
  const readable = (...words: string[]): Promise<string> =>
    mustRun(run, ["sh", "-c", READABLE, ...words], "download what the service needs");
  const info = async (...args: string[]): Promise<Info> =>
    JSON.parse(await readable(deno, "info", "--json", ...args));
  // deno looks for the configuration in its working directory, not beside the module.
  const config = await findConfig(module);
  const [{ npmCache = "" }, { npmPackages = {} }] = await Promise.all([
    info(),
    info(...(config === undefined ? [] : ["--config", config]), module),
  ]);
  for (const { name, version } of Object.values(npmPackages)) {
    const from = `${npmCache}/${REGISTRY}/${name}/${version}`;
    const to = `${folder}/npm/${REGISTRY}/${name}`;
    const hasIt = await Deno.stat(from).then(({ isDirectory }) => isDirectory, () => false);
    if (!hasIt) continue;
    await readable("mkdir", "-p", to);
    await readable("cp", "-R", from, to);
    await readable("chmod", "-R", "a+rX", to);
  }
  await readable("env", `DENO_DIR=${folder}`, deno, "cache", "--quiet", module);
}

/** The configuration file nearest to a module. */
async function findConfig(module: string): Promise<string | undefined> {
  for (let folder = module; folder.includes("/");) {
    folder = folder.slice(0, folder.lastIndexOf("/"));
    const config = `${folder}/deno.json`;
    if (await Deno.stat(config).then(({ isFile }) => isFile, () => false)) return config;
  }
  return undefined;
}
