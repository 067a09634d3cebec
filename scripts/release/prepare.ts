/**
 * Completes a folder of executables to a release: the list of what is in them, the manifests of package
 * managers, the installers, the notes and the checksums. `deno task release-files TAG [DIR]`.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- what it made is its output
import { fileURLToPath } from "node:url";
import project from "../../deno.json" with { type: "json" };
import { parseChecksums, writeChecksums } from "./checksums.ts";
import { homebrewFormula, scoopManifest } from "./manifests.ts";
import { releaseNotes } from "./notes.ts";
import { type Info, reachedPackages } from "./npm_files.ts";
import { createSbom } from "./sbom.ts";
import { TARGETS } from "./targets.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Not part of the release itself, so not in the list of checksums. */
export const NOTES = "NOTES.md";

/** Options of {@linkcode prepareRelease}. */
export interface PrepareOptions {
  /** Its text. @default what CHANGELOG.md holds */
  changelog?: string;
}

/**
 * Writes the files beside the executables.
 *
 * @param tag The tag that is released, `v` and the version of `deno.json`.
 * @param folder Where the executables are, for every system.
 * @throws {Error} If tag and version differ, an executable is missing or the changelog says nothing.
 */
export async function prepareRelease(
  tag: string,
  folder: string,
  { changelog }: PrepareOptions = {},
): Promise<void> {
  const { version } = project;
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
  const notes = releaseNotes(changelog ?? await read("CHANGELOG.md"), version);
  for (const name of ["install.sh", "install.ps1"]) {
    await Deno.copyFile(`${ROOT}scripts/${name}`, `${folder}/${name}`);
  }
  const sbom = createSbom({
    version,
    deno: (await read(".dvmrc")).trim(),
    packages: reachedPackages(await readInfo()),
    lock: JSON.parse(await read("deno.lock")),
  });
  await write(`${folder}/wscam.cdx.json`, `${JSON.stringify(sbom, undefined, 2)}\n`);
  const checksums = parseChecksums(await writeChecksums(folder));
  // The manifests hold checksums themselves.
  await write(`${folder}/wscam.rb`, homebrewFormula({ version, checksums }));
  await write(`${folder}/wscam.json`, scoopManifest({ version, checksums }));
  await writeChecksums(folder);
  await write(`${folder}/${NOTES}`, notes);
}

async function readInfo(): Promise<Info> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    ...{ args: ["info", "--json", "main.ts"], cwd: ROOT, stdin: "null" },
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
  const [tag = "", folder = "dist"] = Deno.args;
  try {
    await prepareRelease(tag, folder);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}
