/**
 * Turns a folder of executables into a release: adds the npm package, the bill of materials, the
 * manifests of package managers, the installers, the notes and the checksums. `deno task
 * release-files TAG DIR OWNER/NAME`; the repository may also be given in GITHUB_REPOSITORY.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- what it made is its output
import { fileURLToPath } from "node:url";
import project from "../../deno.json" with { type: "json" };
import { parseChecksums, writeChecksums } from "./checksums.ts";
import { homebrewFormula, scoopManifest } from "./manifests.ts";
import { releaseNotes } from "./notes.ts";
import { createNpmPackage } from "./npm_package.ts";
import { type Info, reachedPackages } from "./npm_files.ts";
import { createSbom } from "./sbom.ts";
import { TARGETS } from "./targets.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** These are not part of the release itself, so they are not in the list of checksums. */
export const NOTES = "NOTES.md";

/** The installers' placeholder for the repository. */
const UNNAMED = "OWNER/NAME";

export interface PrepareOptions {
  /**
   * The repository that publishes it, `OWNER/NAME` on GitHub: nothing else in this project names
   * it.
   */
  repository: string;
  /**
   * Its text.
   *
   * @default {the text of CHANGELOG.md}
   */
  changelog?: string;
}

/**
 * Writes the files beside the executables.
 *
 * @param tag The tag to release, `v` and the version in `deno.json`.
 * @param folder The folder with the executables for every system.
 * @throws {Error} If tag and version differ, an executable is missing or the changelog has no
 *   entries.
 */
export async function prepareRelease(
  tag: string,
  folder: string,
  { repository, changelog }: PrepareOptions,
): Promise<void> {
  const { version } = project;
  const homepage = `https://github.com/${repository}`;
  await checkRelease(tag, folder, repository);
  const notes = releaseNotes(changelog ?? await read("CHANGELOG.md"), version);
  for (const name of ["install.sh", "install.ps1"]) {
    const text = await read(`scripts/${name}`);
    await Deno.writeTextFile(`${folder}/${name}`, text.replaceAll(UNNAMED, repository));
  }
  console.log(await createNpmPackage(folder, { homepage }));
  const sbom = createSbom({
    version,
    deno: (await read(".dvmrc")).trim(),
    packages: reachedPackages(await readInfo()),
    lock: JSON.parse(await read("deno.lock")),
  });
  await write(`${folder}/wscam.cdx.json`, `${JSON.stringify(sbom, undefined, 2)}\n`);
  const checksums = parseChecksums(await writeChecksums(folder));
  // The manifests contain checksums themselves.
  await write(`${folder}/wscam.rb`, homebrewFormula({ homepage, version, checksums }));
  await write(`${folder}/wscam.json`, scoopManifest({ homepage, version, checksums }));
  await writeChecksums(folder);
  await write(`${folder}/${NOTES}`, notes);
}

async function checkRelease(tag: string, folder: string, repository: string): Promise<void> {
  const { version } = project;
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw new Error(
      `Cannot release: name the repository, OWNER/NAME, as the last word or in GITHUB_REPOSITORY, got '${repository}'`,
    );
  }
  if (tag !== `v${version}`) {
    throw new Error(
      `Cannot release ${tag}: deno.json says version ${version}, whose tag is v${version}`,
    );
  }
  for (const { file } of TARGETS) {
    await Deno.stat(`${folder}/${file}`).catch(() => {
      throw new Error(`Cannot release: ${folder}/${file} is missing`);
    });
  }
}

async function readInfo(): Promise<Info> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "main.ts"],
    cwd: ROOT,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  if (success) return JSON.parse(decoder.decode(stdout));
  throw new Error(`Cannot read the imports: ${decoder.decode(stderr).trim()}`);
}

async function read(name: string): Promise<string> {
  return await Deno.readTextFile(`${ROOT}${name}`);
}

async function write(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, text);
  console.log(path);
}

if (import.meta.main) {
  const [tag = "", folder = "dist", repository = Deno.env.get("GITHUB_REPOSITORY") ?? ""] =
    Deno.args;
  try {
    await prepareRelease(tag, folder, { repository });
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}
