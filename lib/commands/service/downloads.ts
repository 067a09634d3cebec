import { mustRun, type Run } from "./run.ts";

/** The part of `deno info --json` that is used. */
interface Info {
  npmPackages?: Record<string, { name: string; version: string; localPath: string }>;
}

/** Where the service looks for packages, since it knows neither our variables nor our `.npmrc`. */
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
  // deno looks for the configuration in its working directory, not beside the module.
  const config = await findConfig(module);
  const about = [...(config === undefined ? [] : ["--config", config]), module];
  const { npmPackages = {} }: Info = JSON.parse(await readable(deno, "info", "--json", ...about));
  for (const { name, version, localPath } of Object.values(npmPackages)) {
    const to = `${folder}/npm/${REGISTRY}/${name}/${version}`;
    const hasIt = await Deno.stat(localPath).then(({ isDirectory }) => isDirectory, () => false);
    if (!hasIt) continue;
    // A service that runs has mapped the library in there: writing into its file would crash it.
    await readable("rm", "-rf", to);
    await readable("mkdir", "-p", to);
    await readable("cp", "-R", `${localPath}/.`, to);
    await readable("chmod", "-R", "a+rX", to);
  }
  const asService = [`DENO_DIR=${folder}`, `HOME=${folder}`];
  await readable(
    "env",
    "-u",
    "NPM_CONFIG_REGISTRY",
    ...asService,
    deno,
    "cache",
    "--quiet",
    module,
  );
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
