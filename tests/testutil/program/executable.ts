import { V8_FLAGS } from "../../../lib/commands/service/program.ts";
import { compile } from "../../../scripts/compile.ts";
import { isFile } from "../../../scripts/needs/probe.ts";
import { findTarget } from "../../../scripts/release/targets.ts";
import { cacheDir } from "../system/cache_dir.ts";

/** An older Deno from npm, for networks where the runtime for `deno compile` can't be downloaded. */
interface OlderDeno {
  /** Deno 2.5.7. */
  deno: string;
  /** Its runtime: a program that was compiled with it and published. */
  denort: string;
}

const PACKAGES = ["@deno/linux-x64-glibc@2.5.7", "@dgellow/pls-linux-x64@0.7.3"];
const TARGET = findTarget("linux-x86_64");

let fetched: OlderDeno | string | undefined;

/** Says why no executable can be compiled here; `undefined` if one can. */
export function executableProblem(): string | undefined {
  fetched ??= fetchOlderDeno();
  return typeof fetched === "string" ? fetched : undefined;
}

/** The runtime's own size, in bytes: what an executable has beyond it is ours. */
export function runtimeSize(): number {
  return Deno.statSync(olderDeno().denort).size;
}

/**
 * Compiles the program with the older Deno, as a release does with the pinned one.
 *
 * @param out The folder that gets it.
 * @returns Its path.
 */
export async function compileExecutable(out: string): Promise<string> {
  const { deno, denort } = olderDeno();
  // The pinned Deno imports texts without this flag.
  const flags = ["--unstable-raw-imports"];
  await compile([TARGET], { out, compiler: deno, flags, runtime: denort });
  return `${out}/${TARGET.file}`;
}

/**
 * Compiles a program of one module, with what the task `start` sets.
 *
 * @param path Its file.
 * @param out The executable's path.
 * @returns The executable's path.
 */
export async function compileAlone(path: string, out: string): Promise<string> {
  const { deno, denort } = olderDeno();
  const { success, stderr } = await new Deno.Command(deno, {
    args: ["compile", "-A", V8_FLAGS, "--no-check", "--no-config", "--output", out, path],
    env: { DENORT_BIN: denort, NO_COLOR: "1" },
    stdin: "null",
  }).output();
  if (success) return out;
  throw new Error(`Cannot compile ${path}: ${new TextDecoder().decode(stderr)}`);
}

function olderDeno(): OlderDeno {
  fetched ??= fetchOlderDeno();
  if (typeof fetched === "string") throw new Error(`Cannot compile: ${fetched}`);
  return fetched;
}

function fetchOlderDeno(): OlderDeno | string {
  if (Deno.build.target !== "x86_64-unknown-linux-gnu") {
    return "the older Deno is for Linux on x86_64 only";
  }
  const folder = `${cacheDir()}/older-deno`;
  const found = {
    deno: `${folder}/node_modules/@deno/linux-x64-glibc/deno`,
    denort: `${folder}/node_modules/@dgellow/pls-linux-x64/bin/pls`,
  };
  if (isFile(found.deno) && isFile(found.denort)) return found;
  Deno.mkdirSync(cacheDir(), { recursive: true });
  // Others may be fetching the same: each into a folder of its own, and the first one stays.
  const own = Deno.makeTempDirSync({ dir: cacheDir() });
  try {
    Deno.writeTextFileSync(`${own}/package.json`, '{"private": true}');
    const problem = npmInstall(own);
    if (problem !== undefined) return problem;
    Deno.renameSync(own, folder);
  } catch (error) {
    if (!isFile(found.deno)) return `the older Deno can't be kept: ${error}`;
  } finally {
    if (isFolder(own)) Deno.removeSync(own, { recursive: true });
  }
  return found;
}

function npmInstall(folder: string): string | undefined {
  try {
    const { success } = new Deno.Command("npm", {
      args: ["install", "--ignore-scripts", "--no-audit", "--no-fund", ...PACKAGES],
      cwd: folder,
      stdin: "null",
      stdout: "null",
      stderr: "null",
      signal: AbortSignal.timeout(180_000),
    }).outputSync();
    return success ? undefined : "the older Deno can't be fetched from npm";
  } catch {
    return "npm is not installed, which fetches the older Deno";
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
