import { buildFanLimit, type LoadResult, runLoad } from "../../tests/testutil/load.ts";
import { cpuSecondsOf, residentOf } from "../../tests/testutil/processes.ts";
import { startWscam } from "../../tests/testutil/wscam.ts";
import { cell, type Table } from "./table.ts";

const VIEWERS = [1, 50, 200, 500];
const FPS = 30;
const SECONDS = 6;

/** What viewers cost, beside a program in C that writes the same bytes and does nothing else. */
export async function benchFanOut(): Promise<Table> {
  const rows: string[][] = [];
  await using server = await startWscam(["--camera", "test", "--fps", String(FPS)]);
  const alone = await measure(server, 1);
  const empty = residentOf(server.pid);
  for (const n of VIEWERS) {
    const { load, cpu } = await measure(server, n);
    const perViewer = (residentOf(server.pid) - empty) / n / 1024;
    const floor = await measureFloor(n, load.frameKiB);
    // Encoding is paid once, whoever watches; it is not the fan-out's.
    const fanOut = cpu - alone.cpu;
    rows.push([
      String(n),
      cell(load.fps.min),
      cell(load.ageMs.p95),
      cell(cpu * 1000 / load.frames, 2),
      n > 1 ? cell(fanOut * 1000 / load.frames, 3) : "",
      cell(floor.cpu * 1000 / floor.load.frames, 3),
      n > 1 ? cell(fanOut / floor.cpu * floor.load.frames / load.frames) : "",
      n > 1 ? cell(Math.max(0, perViewer), 0) : "",
    ]);
  }
  return {
    title: `Fan-out: 640x480 at ${FPS} frames a second`,
    head: [
      ...["viewers", "slowest viewer, fps", "age p95, ms", "ms of processor a delivered frame"],
      ...["without encoding", "floor", "times the floor", "KiB resident a viewer"],
    ],
    rows,
    note:
      "Floor: fanlimit, which writes prebuilt messages of the same size. Encoding: the cost with one viewer.",
  };
}

interface Measured {
  load: LoadResult;
  /** Of the server, in seconds. */
  cpu: number;
}

async function measure({ pid, port }: { pid: number; port: number }, n: number): Promise<Measured> {
  await runLoad({ port, n: 1, seconds: 0.5, warm: 0.5 });
  const before = cpuSecondsOf(pid);
  const load = await runLoad({ port, n, seconds: SECONDS, warm: 0 });
  return { load, cpu: cpuSecondsOf(pid) - before };
}

async function measureFloor(n: number, kib: number): Promise<Measured> {
  const port = freePort();
  const floor = new Deno.Command(await buildFanLimit(), {
    args: [String(port), String(Math.max(1, Math.round(kib))), String(FPS)],
    stdin: "null",
  }).spawn();
  try {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return await measure({ pid: floor.pid, port }, n);
  } finally {
    floor.kill("SIGKILL");
    await floor.status;
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.transport === "tcp" ? listener.addr.port : 0;
}
