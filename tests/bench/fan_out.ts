import { buildFanLimit, type LoadResult, runLoad } from "../testutil/attack/load.ts";
import { cpuSecondsOf, ownMemoryOf } from "../testutil/system/processes.ts";
import { startVcam } from "../testutil/camera/vcam.ts";
import { startWscam, type Wscam } from "../testutil/program/wscam.ts";
import { cell, type Table } from "./table.ts";

/** The measurement of some viewers of one stream. */
export interface FanOut {
  /** The stream that they watched. */
  stream: string;
  viewers: number;
  /** The server's processor time, in seconds a second. */
  load: number;
  /** The same of the floor. */
  floor: number;
}

interface Stream {
  name: string;
  width: number;
  height: number;
  fps: number;
  viewers: number[];
}

const STREAMS: Stream[] = [
  {
    name: "640x480 at 10, imagescript",
    width: 640,
    height: 480,
    fps: 10,
    viewers: [1, 50, 200, 500],
  },
  { name: "1280x720 at 30, copy", width: 1280, height: 720, fps: 30, viewers: [1, 50, 100, 200] },
];
const CAMERA_FPS = 30;
const SECONDS = 6;

/** Measures the cost of viewers, beside a program in C that writes the same bytes and does nothing else. */
export async function measureFanOut(): Promise<{ table: Table; points: FanOut[] }> {
  const rows: string[][] = [];
  const points: FanOut[] = [];
  for (const stream of STREAMS) {
    await using camera = await startVcam({ ...stream, fps: CAMERA_FPS });
    const size = `${stream.width}x${stream.height}`;
    const args = ["--camera", camera.path, "--resolution", size, "--fps", String(stream.fps)];
    await using server = await startWscam(args, { env: camera.env });
    for (const viewers of stream.viewers) {
      const { row, point } = await measureOne(server, { stream, viewers });
      rows.push(row);
      points.push(point);
    }
  }
  return { table: { ...TABLE, rows }, points };
}

const TABLE = {
  title: "Fan-out",
  head: [
    "stream",
    "viewers",
    "slowest viewer, fps",
    "age p50, ms",
    "p95",
    "processor a 1,000 delivered frames, s",
    "floor",
    "times the floor",
    "KiB resident a viewer",
  ],
  note:
    "Age is from the message's timestamp. Floor: fanlimit, a program in C that writes prebuilt " +
    "messages of the same size and rate. The first row of a stream holds what is paid once, encoding.",
};

async function measureOne(
  server: Wscam,
  { stream, viewers }: { stream: Stream; viewers: number },
): Promise<{ row: string[]; point: FanOut }> {
  await runLoad({ port: server.port, n: 1, seconds: 1, warm: 1 });
  const before = ownMemoryOf(server.pid);
  let during = before;
  const sampler = setInterval(() => during = Math.max(during, ownMemoryOf(server.pid)), 200);
  const { load, cpu } = await measure(server, viewers);
  clearInterval(sampler);
  const floor = await measureFloor(viewers, { kib: load.frameKiB, fps: stream.fps });
  const each = (measured: Measured): number => measured.cpu * 1000 / measured.load.frames;
  const [own, least] = [each({ load, cpu }), each(floor)];
  const memory = viewers > 1 ? cell((during - before) / viewers / 1024, 0) : "";
  return {
    row: [
      stream.name,
      String(viewers),
      cell(load.fps.min),
      cell(load.ageMs.p50),
      cell(load.ageMs.p95),
      cell(own, 3),
      cell(least, 3),
      viewers > 1 ? cell(own / least) : "",
      memory,
    ],
    point: { stream: stream.name, viewers, load: cpu / SECONDS, floor: floor.cpu / SECONDS },
  };
}

interface Measured {
  load: LoadResult;
  /** The server's processor time, in seconds. */
  cpu: number;
}

async function measure({ pid, port }: { pid: number; port: number }, n: number): Promise<Measured> {
  const before = cpuSecondsOf(pid);
  const load = await runLoad({ port, n, seconds: SECONDS, warm: 0 });
  return { load, cpu: cpuSecondsOf(pid) - before };
}

async function measureFloor(
  n: number,
  { kib, fps }: { kib: number; fps: number },
): Promise<Measured> {
  const port = freePort();
  const floor = new Deno.Command(await buildFanLimit(), {
    args: [String(port), String(Math.max(1, Math.round(kib))), String(fps)],
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
