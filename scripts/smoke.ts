/**
 * Checks that an executable works by itself: in an empty folder, with an empty home and no Deno on
 * PATH. `deno task smoke EXECUTABLE` prints each check, and exits with 1 at the first failure.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- what it checked is its output
import { resolve } from "node:path";
import project from "../deno.json" with { type: "json" };
import { type Picture, view } from "../lib/client/viewer.ts";
import { assertTestPicture } from "./release/test_picture.ts";
import { startServerProcess } from "./release/server_process.ts";
import { isolatedEnv } from "./release/isolated_env.ts";
import { watchTemporary } from "./release/watch_temporary.ts";

export interface SmokeOptions {
  /**
   * Arguments before those of wscam, such as `run`, `-A`, `main.ts` for Deno.
   *
   * @default {[]}
   */
  args?: readonly string[];
  /**
   * Whether it gets an environment without Deno and with a home of its own.
   *
   * @default {true}
   */
  isolated?: boolean;
  /**
   * Called with a line for each check.
   *
   * @default {console.log}
   */
  report?: (line: string) => void;
  /** The longest time for one answer, in milliseconds. @default {30_000} */
  patienceMs?: number;
}

/** How to run it. */
interface Subject {
  command: string;
  args: readonly string[];
  options: { cwd: string; clearEnv: boolean; env: Record<string, string> };
  patienceMs: number;
}

const PICTURES = 3;
const SIZE = { width: 320, height: 240 };
const isWindows = Deno.build.os === "windows";

/**
 * Starts an executable, checks its pictures and its page, and ends it.
 *
 * @param command Its path.
 * @throws {Error} At the first failure, with the executable's output.
 */
export async function smoke(
  command: string,
  { args = [], isolated = true, report = console.log, patienceMs = 30_000 }: SmokeOptions = {},
): Promise<void> {
  const cwd = await Deno.makeTempDir({ prefix: "wscam-smoke-" });
  const env = isolated ? isolatedEnv(cwd) : Deno.env.toObject();
  const subject = { command, args, options: { cwd, clearEnv: true, env }, patienceMs };
  try {
    report(await checkVersion(subject));
    report(await checkDoctor(subject));
    await checkServe(subject, report);
    // It may use the temporary folder, but must leave nothing behind.
    const left = Array.from(Deno.readDirSync(cwd), ({ name }) => name);
    if (isolated && left.length > 0) throw new Error(`It left ${left.join(", ")} in its folder`);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}

async function checkVersion(subject: Subject): Promise<string> {
  const { code, stdout, stderr } = await run(subject, ["--version"]);
  const wanted = `wscam ${project.version}`;
  if (code === 0 && stdout.trim() === wanted) return `version: ${wanted}`;
  throw new Error(`'--version' must print '${wanted}', got status ${code}: ${stdout}${stderr}`);
}

/** Its status depends on the machine: it may find no camera and no ffmpeg. */
async function checkDoctor(subject: Subject): Promise<string> {
  const help = await run(subject, ["--help"]);
  if (!/^ +(wscam )?doctor\b/m.test(help.stdout)) return "doctor: not in this version";
  const { code, stdout, stderr } = await run(subject, ["doctor"]);
  if (code <= 1 && stdout.trim() !== "" && !/^ +at /m.test(stderr)) return "doctor: answers";
  throw new Error(`'doctor' must say what it found, got status ${code}: ${stdout}${stderr}`);
}

async function checkServe(subject: Subject, report: (line: string) => void): Promise<void> {
  const size = `${SIZE.width}x${SIZE.height}`;
  const serve = ["--camera", "test", "--host", "127.0.0.1", "--port", "0", "--resolution", size];
  const start = performance.now();
  await using temporary = await watchTemporary(subject.options.cwd);
  const { command, options } = subject;
  await using process = startServerProcess({
    command,
    args: [...subject.args, ...serve],
    options: { ...options, env: { ...options.env, ...temporary.env } },
  });
  const port = await process.port();
  report(`listens: after ${Math.round(performance.now() - start)} ms`);
  report(await checkPage(port, subject));
  report(await checkPictures(port, subject));
  report(temporary.check());
  const { code } = await process.end();
  // Windows has no signals: a process is simply killed there.
  if (code !== 0 && !isWindows) {
    throw new Error(`SIGTERM must end it with status 0, got ${code}: ${process.output.stderr}`);
  }
  report(`ends: with status ${code}`);
}

async function checkPage(port: number, { patienceMs }: Subject): Promise<string> {
  const signal = AbortSignal.timeout(patienceMs);
  const response = await fetch(`http://127.0.0.1:${port}/`, { signal });
  const page = await response.text();
  if (response.ok && page.includes("<title>")) return `page: ${page.length} characters`;
  throw new Error(`The page must be there, got status ${response.status}: ${page.slice(0, 200)}`);
}

async function checkPictures(port: number, { patienceMs }: Subject): Promise<string> {
  const pictures: Picture[] = [];
  const signal = AbortSignal.timeout(patienceMs);
  for await (const event of view(`ws://127.0.0.1:${port}`, signal)) {
    if (event.type === "error") throw new Error(`The server says: ${event.message}`);
    if (event.type === "picture" && pictures.push(event) === PICTURES) break;
  }
  if (pictures.length < PICTURES) throw new Error(`Only ${pictures.length} pictures came`);
  const times = pictures.map(({ timestamp }) => timestamp);
  if (times.some((time, i) => i > 0 && time <= (times[i - 1] ?? 0))) {
    throw new Error(`Pictures must be newer and newer, got ${times.join(", ")}`);
  }
  for (const { jpeg } of pictures) await assertTestPicture(jpeg, SIZE);
  return `pictures: ${pictures.length}, ${pictures[0]?.jpeg.length} bytes, the test picture`;
}

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

async function run(
  { command, args, options, patienceMs }: Subject,
  more: string[],
): Promise<Outcome> {
  const child = new Deno.Command(command, {
    ...options,
    args: [...args, ...more],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let hasEnded = false;
  child.status.then(() => hasEnded = true);
  let isLate = false;
  const { promise: left, resolve: leave } = Promise.withResolvers<undefined>();
  let timer = setTimeout(() => {
    isLate = true;
    if (!hasEnded) child.kill("SIGKILL");
    // Its children may keep the pipes open.
    timer = setTimeout(leave, 1000, undefined);
  }, patienceMs);
  try {
    const output = await Promise.race([child.output(), left]);
    if (isLate || output === undefined) {
      throw new Error(`'${more.join(" ")}' must end within ${patienceMs / 1000} s`);
    }
    const decoder = new TextDecoder();
    const [stdout, stderr] = [decoder.decode(output.stdout), decoder.decode(output.stderr)];
    return { code: output.code, stdout, stderr };
  } finally {
    clearTimeout(timer);
  }
}

if (import.meta.main) {
  const [executable] = Deno.args;
  if (executable === undefined) {
    console.error("Usage: deno task smoke EXECUTABLE");
    Deno.exit(2);
  }
  try {
    await smoke(resolve(executable));
    const { size } = await Deno.stat(executable);
    console.log(`size: ${(size / 1e6).toFixed(1)} MB`);
  } catch (error) {
    console.error(`Not fit for use: ${error instanceof Error ? error.message : String(error)}`);
    Deno.exit(1);
  }
}
