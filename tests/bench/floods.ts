import { type Flood, FLOODS } from "../testutil/attack/floods.ts";
import { runLoad } from "../testutil/attack/load.ts";
import { childrenOf, residentOf } from "../testutil/system/processes.ts";
import { startVcam, type VcamFormat } from "../testutil/camera/vcam.ts";
import { startWscam, type Wscam } from "../testutil/program/wscam.ts";
import { cell, type Table } from "./table.ts";

/** Cameras of both kinds: pixels that are encoded here, and pictures that are passed on. */
const SETTINGS: readonly { format: VcamFormat; encoder: string }[] = [
  { format: "YUYV", encoder: "imagescript" },
  { format: "MJPG", encoder: "copy" },
];
const [WIDTH, HEIGHT, FPS] = [640, 480, 10];
/** The viewers that only watch, and the flooding clients. */
const VIEWERS = 10;
const CLIENTS = [1, 10];
const [CALM_SECONDS, FLOOD_SECONDS] = [3, 10];
const LOOK_MS = 200;

/** The most that the server was seen to use. */
interface Peaks {
  resident: number;
  children: number;
  healthMs: number;
}

/** The effect of floods on viewers that only watch. */
export async function benchFloods(): Promise<Table> {
  const rows: string[][] = [];
  for (const { format, encoder } of SETTINGS) {
    const size = { width: WIDTH, height: HEIGHT };
    await using vcam = await startVcam({ ...size, fps: 30, formats: [format] });
    const capture = ["--resolution", `${WIDTH}x${HEIGHT}`, "--fps", String(FPS)];
    const args = ["--camera", vcam.path, ...capture, "--encoder", encoder];
    for (const flood of FLOODS) {
      for (const clients of CLIENTS) {
        await using server = await startWscam(args, { env: vcam.env });
        const figures = await measure(server, flood, clients);
        rows.push([encoder, flood.name, String(clients), ...figures]);
      }
    }
  }
  return {
    title: `Floods: ${VIEWERS} viewers of ${WIDTH}x${HEIGHT} at ${FPS} a second who only watch`,
    head: [
      "encoder",
      "flood",
      "clients",
      "rate before",
      "rate, least",
      "age p50, ms",
      "p95",
      "max",
      "resident, MB",
      "children",
      "/healthz, most ms",
    ],
    rows,
    note: "Floor of the rate: the one before. Those who flood use the processors as well.",
  };
}

async function measure(server: Wscam, flood: Flood, clients: number): Promise<string[]> {
  const { port } = server;
  const calm = await runLoad({ port, n: VIEWERS, seconds: CALM_SECONDS });
  const end = new AbortController();
  const watching = watch(server, end.signal);
  const flooding = flood.run(port, { signal: end.signal, clients });
  const flooded = await runLoad({ port, n: VIEWERS, seconds: FLOOD_SECONDS, warm: 0 });
  end.abort();
  await flooding;
  const { resident, children, healthMs } = await watching;
  const { p50, p95, max } = flooded.ageMs;
  return [
    ...[calm.fps.median, flooded.fps.min].map((rate) => cell(rate)),
    ...[p50, p95, max, resident / 1e6, children, healthMs].map((value) => cell(value, 0)),
  ];
}

async function watch(server: Wscam, signal: AbortSignal): Promise<Peaks> {
  const peaks: Peaks = { resident: 0, children: 0, healthMs: 0 };
  while (!signal.aborted) {
    const asked = performance.now();
    await (await fetch(`${server.url}/healthz`)).body?.cancel();
    peaks.healthMs = Math.max(peaks.healthMs, performance.now() - asked);
    peaks.resident = Math.max(peaks.resident, residentOf(server.pid));
    const { length } = await childrenOf(server.pid, { deep: true });
    peaks.children = Math.max(peaks.children, length);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return peaks;
}
