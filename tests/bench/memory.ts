import { fileURLToPath } from "node:url";
import { V8_FLAGS } from "../../lib/commands/service/program.ts";
import { type ServerProcess, startServerProcess } from "../../scripts/release/server_process.ts";
import { runLoad } from "../testutil/attack/load.ts";
import { startVcam } from "../testutil/camera/vcam.ts";
import {
  compileAlone,
  compileExecutable,
  executableProblem,
} from "../testutil/program/executable.ts";
import { wscamArgs } from "../testutil/program/wscam.ts";
import { type Memory, memoryOf } from "../testutil/system/processes.ts";
import { cell, type Table } from "./table.ts";

/** A program whose memory is measured. */
interface Program {
  name: string;
  command: string;
  args: readonly string[];
}

const SENDER = fileURLToPath(new URL("./bare_sender.ts", import.meta.url));
/** The size of a message with a picture of the virtual camera at 1280x720. */
const MESSAGE_KIB = 108;
const VIEWERS = [1, 100];
/** By then, the memory that starting took is free again, and viewers have taken theirs. */
const REST_MS = 6000;
/** On a busy machine viewers get fewer pictures, and take as much memory. */
const LEAST_FPS = 5;
const MEGABYTE = 1e6;

/** The memory of the program, as an executable and from its sources, each beside a bare server. */
export async function benchMemory(): Promise<Table> {
  await using camera = await startVcam({ width: 1280, height: 720, fps: 30 });
  const folder = await Deno.makeTempDir();
  const rows: string[][] = [];
  try {
    const own = ["--camera", camera.path, "--resolution", "1280x720", "--fps", "30"];
    for (const program of await programs(own, folder)) {
      rows.push(...await measure(program, camera.env));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return {
    title: "Memory: 1280x720 at 30 frames a second, copy",
    head: ["program", "viewers", "resident, MB", "of it pages of files", "its own"],
    rows,
    note:
      `Read ${
        REST_MS / 1000
      } s after the start, and after viewers came or left. Floor: a program of Deno ` +
      "that sends messages of the same size and does nothing else.",
  };
}

async function programs(own: readonly string[], folder: string): Promise<Program[]> {
  const serve = ["--host", "127.0.0.1", "--port", "0", ...own];
  const deno = Deno.execPath();
  const sources = [
    { name: "sources", command: deno, args: wscamArgs(...serve) },
    {
      name: "floor",
      command: deno,
      args: ["run", "-A", V8_FLAGS, "--no-check", SENDER, String(MESSAGE_KIB)],
    },
  ];
  if (executableProblem() !== undefined) return sources;
  const executable = await compileExecutable(folder);
  const floor = await compileAlone(SENDER, `${folder}/sender`);
  return [
    { name: "executable", command: executable, args: serve },
    { name: "floor", command: floor, args: [String(MESSAGE_KIB)] },
    ...sources,
  ];
}

async function measure(
  { name, command, args }: Program,
  env: Record<string, string>,
): Promise<string[][]> {
  await using server = startServerProcess({ command, args, options: { env } });
  const port = await server.port();
  const rows = [row(name, "none", await rested(server))];
  for (const n of VIEWERS) {
    const load = runLoad({ port, n, seconds: REST_MS / 1000, warm: 1 });
    rows.push(row(name, String(n), await rested(server)));
    const { fps } = await load;
    if (fps.min < LEAST_FPS) throw new Error(`Cannot measure ${n} viewers: one got ${fps.min} fps`);
  }
  return [...rows, row(name, "none any more", await rested(server))];
}

async function rested({ pid }: ServerProcess): Promise<Memory> {
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  return memoryOf(pid);
}

function row(name: string, viewers: string, { resident, files, own }: Memory): string[] {
  return [name, viewers, ...[resident, files, own].map((bytes) => cell(bytes / MEGABYTE))];
}
