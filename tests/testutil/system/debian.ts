/** Packages of another release of Debian, unpacked beside the system's own. */
export interface DebianFolder extends AsyncDisposable {
  /** The folder of its files. */
  readonly path: string;
}

export interface UnpackOptions {
  /** Whether all that they need is to be there too, as in a system of its own. @default {false} */
  isComplete?: boolean;
}

const MIRROR = "http://deb.debian.org/debian";

/**
 * Downloads packages by apt, which verifies their signatures, without installing them.
 *
 * @param suite such as `sid`
 * @throws {Error} when they can't be downloaded
 */
export async function unpackDebian(
  suite: string,
  packages: readonly string[],
  { isComplete = false }: UnpackOptions = {},
): Promise<DebianFolder> {
  const folder = await Deno.makeTempDir({ prefix: "wscam-debian-" });
  const remove = () => Deno.remove(folder, { recursive: true });
  try {
    await fetchPackages(folder, { suite, packages, isComplete });
    const path = `${folder}/files`;
    await Deno.mkdir(path);
    for await (const { name } of Deno.readDir(`${folder}/archives`)) {
      if (name.endsWith(".deb")) await run("dpkg-deb", ["-x", name, path], `${folder}/archives`);
    }
    return { path, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function fetchPackages(
  folder: string,
  { suite, packages, isComplete }: {
    suite: string;
    packages: readonly string[];
    isComplete: boolean;
  },
): Promise<void> {
  await Deno.mkdir(`${folder}/archives/partial`, { recursive: true });
  await Deno.mkdir(`${folder}/lists/partial`, { recursive: true });
  await Deno.writeTextFile(`${folder}/sources.list`, `deb ${MIRROR} ${suite} main\n`);
  const settings = {
    "Dir::Etc::sourcelist": `${folder}/sources.list`,
    "Dir::Etc::sourceparts": "/dev/null",
    "Dir::State::lists": `${folder}/lists`,
    "Dir::Cache": folder,
    "Dir::Cache::archives": `${folder}/archives`,
    // Nothing counts as installed.
    "Dir::State::status": "/dev/null",
    "Acquire::Languages": "none",
    "Acquire::Retries": "3",
    // The folder is root's.
    "APT::Sandbox::User": "root",
    "Debug::NoLocking": "true",
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  const apt = (...args: string[]) =>
    run("apt-get", ["-y", "-q", ...options, ...args], `${folder}/archives`);
  await apt("update");
  if (!isComplete) await apt("download", ...packages);
  else await apt("install", "--download-only", "--no-install-recommends", ...packages);
}

async function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  const process = new Deno.Command(command, { args: [...args], cwd, stdin: "null" });
  const { success, stderr } = await process.output();
  if (success) return;
  throw new Error(`${command} ${args.at(-1)} failed: ${new TextDecoder().decode(stderr).trim()}`);
}
