/**
 * Makes the executables: `deno task compile [--out DIR] [--deno PATH] [TARGET...] [-- FLAG...]`.
 * Without a target it makes all of them, in `dist`. Flags after `--` go to `deno compile`, and
 * `--deno` chooses another Deno for that. If DENORT_BIN is set, it names the runtime to use instead
 * of the one that Deno downloads. The same sources give the same bytes, wherever they are compiled:
 * embedded files carry their times, so all get the same one.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- what it made is its output
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Bundle, bundle } from "./release/bundle.ts";
import { writeChecksums } from "./release/checksums.ts";
import { type Info, unneededFiles } from "./release/npm_files.ts";
import { errorIn, runDeno } from "./release/run_deno.ts";
import { findTarget, type Target, TARGETS } from "./release/targets.ts";

/** The inputs of a compilation. */
export interface CompileOptions {
  /** The folder for the executables. */
  out: string;
  /** The Deno whose `compile` is run. @default {Deno.execPath()} */
  compiler?: string;
  /** Further flags for `deno compile`. @default {[]} */
  flags?: readonly string[];
  /**
   * The runtime to use, a `denort`.
   *
   * @default {the one that DENORT_BIN names}
   */
  runtime?: string | undefined;
}

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const SOURCES = ["main.ts", "lib"];
/** Deno reads them beside the bundle too: the version of imagescript, and its own settings. */
const SETTINGS = ["deno.json", "deno.lock"];
/** 1 January 2020: any fixed time would do. */
const EPOCH = new Date("2020-01-01T00:00:00Z");

/**
 * Makes executables and the list of their checksums.
 *
 * @throws {Error} If the runtime can't be obtained, or `deno compile` fails.
 */
export async function compile(
  targets: readonly Target[],
  { out, compiler = Deno.execPath(), flags = [], runtime = Deno.env.get("DENORT_BIN") }:
    CompileOptions,
): Promise<void> {
  if (targets.length > 1 && runtime !== undefined) {
    const rule = "it holds the runtime for one system, so name one target";
    throw new Error(`Cannot compile for ${targets.length} systems with DENORT_BIN: ${rule}`);
  }
  await Deno.mkdir(out, { recursive: true });
  const folder = await Deno.makeTempDir({ prefix: "wscam-compile-" });
  try {
    const [sources, stage] = [`${folder}/sources`, `${folder}/wscam`];
    for (const name of [...SOURCES, ...SETTINGS]) {
      await copy(`${ROOT}${name}`, `${sources}/${name}`);
    }
    await fetchPackages(sources);
    const bundled = await bundle(sources, stage);
    for (const name of SETTINGS) await copy(`${ROOT}${name}`, `${stage}/${name}`);
    await setTimes(stage);
    const info = await readInfo(stage, bundled.main);
    for (const { localPath } of Object.values(info.npmPackages)) await setTimes(localPath);
    for (const target of targets) {
      await compileOne(target, { stage, bundled, info, out, compiler, flags, runtime });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  await writeChecksums(out);
}

interface OneOptions extends Required<CompileOptions> {
  stage: string;
  bundled: Bundle;
  info: Info;
}

async function compileOne(
  target: Target,
  { stage, bundled, info, out, compiler, flags, runtime }: OneOptions,
): Promise<void> {
  const made = `${out}/${target.file}`;
  const excluded = unneededFiles(info, target).flatMap((path) => ["--exclude", path]);
  const included = bundled.included.flatMap((path) => ["--include", path]);
  const { success, stderr } = await runDeno([
    "compile",
    // It would be read from the folder that all users share, under a predictable name.
    "--no-code-cache",
    "--no-check",
    "--target",
    target.triple,
    "--output",
    made,
    ...included,
    ...runFlags(),
    ...flags,
    ...excluded,
    bundled.main,
  ], { cwd: stage, command: compiler, env: runtime === undefined ? {} : { DENORT_BIN: runtime } });
  if (!success) throw new Error(explain(target, stderr));
  const { size } = await Deno.stat(made);
  console.log(`${made}: ${(size / 1e6).toFixed(1)} MB`);
}

/** The permissions and flags of the task `start`, which is the only place that lists them. */
function runFlags(): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  const [, flags] = String(tasks.start.command).match(/^deno run (.+) main\.ts$/) ?? [];
  if (flags === undefined) {
    throw new Error("Cannot compile: task 'start' in deno.json must be 'deno run FLAGS main.ts'");
  }
  return flags.split(" ");
}

function explain({ name }: Target, stderr: string): string {
  const [, address] = stderr.match(/error sending request for url \((.*?)\)/) ?? [];
  if (address === undefined) return `Cannot compile for ${name}: ${errorIn(stderr)}`;
  return `Cannot compile for ${name}: Deno's runtime can't be downloaded from ${address}; ` +
    "with that file at hand, unpack it and set DENORT_BIN to the path of 'denort'";
}

async function fetchPackages(folder: string): Promise<void> {
  const { success, stderr } = await runDeno(["cache", "--no-check", "main.ts"], { cwd: folder });
  if (!success) throw new Error(`Cannot fetch packages: ${errorIn(stderr)}`);
}

async function readInfo(folder: string, main: string): Promise<Info> {
  const { success, stdout, stderr } = await runDeno(["info", "--json", main], { cwd: folder });
  if (!success) throw new Error(`Cannot read the imports: ${errorIn(stderr)}`);
  return JSON.parse(stdout);
}

async function copy(from: string, to: string): Promise<void> {
  const { isDirectory } = await Deno.stat(from);
  if (isDirectory) {
    await Deno.mkdir(to, { recursive: true });
    for await (const { name } of Deno.readDir(from)) await copy(`${from}/${name}`, `${to}/${name}`);
  } else {
    await Deno.mkdir(to.slice(0, to.lastIndexOf("/")), { recursive: true });
    await Deno.copyFile(from, to);
    await Deno.utime(to, EPOCH, EPOCH);
  }
}

/** Deno's cache holds what was unpacked at any time, and the bundle was made now; the contents of both are fixed. */
async function setTimes(folder: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) await setTimes(path);
    else await Deno.utime(path, EPOCH, EPOCH);
  }
}

async function compileFromCommandLine(args: readonly string[]): Promise<void> {
  const border = args.includes("--") ? args.indexOf("--") : args.length;
  const own = args.slice(0, border);
  const out = resolve(takeOption(own, "--out") ?? "dist");
  const compiler = takeOption(own, "--deno") ?? Deno.execPath();
  const targets = own.map(findTarget);
  const flags = args.slice(border + 1);
  await compile(targets.length > 0 ? targets : TARGETS, { out, compiler, flags });
}

function takeOption(args: string[], name: string): string | undefined {
  const at = args.indexOf(name);
  return at === -1 ? undefined : args.splice(at, 2)[1];
}

if (import.meta.main) {
  try {
    await compileFromCommandLine(Deno.args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}
