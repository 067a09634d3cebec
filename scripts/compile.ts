/**
 * Makes the executables: `deno task compile [--out DIR] [--deno PATH] [TARGET...] [-- FLAG...]`.
 * Without a target it makes all, into `dist`. What follows `--` goes to `deno compile`, which is that of
 * another Deno with `--deno`. With DENORT_BIN set, its runtime is taken instead of the one that Deno
 * downloads.
 *
 * The same sources give the same bytes, whoever compiles them where: embedded files carry their time,
 * so all get the same one.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- what it made is its output
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { writeChecksums } from "./release/checksums.ts";
import { type Info, reachedPackages, unneededFiles } from "./release/npm_files.ts";
import { findTarget, type Target, TARGETS } from "./release/targets.ts";

/** The ingredients of a compilation. */
export interface CompileOptions {
  /** The folder that gets the executables. */
  out: string;
  /** The Deno whose `compile` is run. @default {Deno.execPath()} */
  compiler?: string;
  /** Further flags for `deno compile`. @default {[]} */
  flags?: readonly string[];
  /** The runtime to take, a `denort`. @default {what DENORT_BIN names} */
  runtime?: string | undefined;
}

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const SOURCES = ["main.ts", "lib", "deno.json", "deno.lock"];
/** 1 January 2020: any fixed time would do. */
const EPOCH = new Date("2020-01-01T00:00:00Z");

/**
 * Makes executables and the list of their checksums.
 *
 * @throws {Error} When the runtime can't be had, or `deno compile` fails.
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
    const stage = `${folder}/wscam`;
    for (const source of SOURCES) await copy(`${ROOT}${source}`, `${stage}/${source}`);
    const info = await readInfo(stage);
    for (const { localPath } of reachedPackages(info)) await setTimes(localPath);
    for (const target of targets) {
      await compileOne(target, { stage, info, out, compiler, flags, runtime });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  await writeChecksums(out);
}

interface OneOptions extends Required<CompileOptions> {
  stage: string;
  info: Info;
}

async function compileOne(
  target: Target,
  { stage, info, out, compiler, flags, runtime }: OneOptions,
): Promise<void> {
  const made = `${out}/${target.file}`;
  const excluded = unneededFiles(info, target).flatMap((path) => ["--exclude", path]);
  const { success, stderr } = await deno([
    "compile",
    // It would be read from the folder that all users share, under a name that anybody can work out.
    "--no-code-cache",
    "--no-check",
    "--target",
    target.triple,
    "--output",
    made,
    // It is started by its address, where no import leads to it.
    "--include",
    "lib/encoder/jpeg/scale_worker.ts",
    ...runFlags(),
    ...flags,
    ...excluded,
    "main.ts",
  ], { cwd: stage, command: compiler, env: runtime === undefined ? {} : { DENORT_BIN: runtime } });
  if (!success) throw new Error(explain(target, stderr));
  const { size } = await Deno.stat(made);
  console.log(`${made}: ${(size / 1e6).toFixed(1)} MB`);
}

/** The permissions and flags of the task `start`, so that there is one place for them. */
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
  if (address === undefined) return `Cannot compile for ${name}: ${reason(stderr)}`;
  return `Cannot compile for ${name}: Deno's runtime can't be downloaded from ${address}; ` +
    "with that file at hand, unpack it and set DENORT_BIN to the path of 'denort'";
}

/** Deno's error, without the files that it lists before and the stack after. */
function reason(stderr: string): string {
  const [text = ""] = stderr.slice(Math.max(0, stderr.indexOf("error: "))).split(
    "Stack backtrace:",
  );
  return text.trim();
}

async function readInfo(folder: string): Promise<Info> {
  // This also fetches the packages that aren't there yet.
  const cached = await deno(["cache", "--no-check", "main.ts"], { cwd: folder });
  if (!cached.success) throw new Error(`Cannot fetch packages: ${reason(cached.stderr)}`);
  const { success, stdout, stderr } = await deno(["info", "--json", "main.ts"], { cwd: folder });
  if (!success) throw new Error(`Cannot read the imports: ${reason(stderr)}`);
  return JSON.parse(stdout);
}

async function deno(
  args: string[],
  { cwd, command = Deno.execPath(), env = {} }: {
    cwd: string;
    command?: string;
    env?: Record<string, string>;
  },
): Promise<{ success: boolean; stdout: string; stderr: string }> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args,
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { success, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
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

/** Deno's cache holds what was unpacked at any time; its contents are fixed by the lock file. */
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
