import { Image } from "imagescript";
import { view } from "../../lib/client/viewer.ts";
import { childrenOf, cpuSecondsOf } from "../testutil/system/processes.ts";
import { captureTime, startVcam, type VcamFormat } from "../testutil/camera/vcam.ts";
import { startWscam } from "../testutil/program/wscam.ts";
import { cell, type Table } from "./table.ts";

interface Setting {
  width: number;
  height: number;
  fps: number;
  format: VcamFormat;
}

const SETTINGS: Setting[] = [
  { width: 640, height: 480, fps: 10, format: "YUYV" },
  { width: 640, height: 480, fps: 30, format: "YUYV" },
  { width: 1280, height: 720, fps: 10, format: "YUYV" },
  { width: 1280, height: 720, fps: 30, format: "MJPG" },
  { width: 1280, height: 720, fps: 30, format: "YUYV" },
  { width: 1920, height: 1080, fps: 30, format: "MJPG" },
];
const CAMERA_FPS = 30;
const SECONDS = 6;
/** Decoding a picture to read its time takes processor time away from the measured programs. */
const READ_EVERY = 5;

/** The rate and true age of what one viewer gets from the virtual camera. */
export async function benchEndToEnd(): Promise<Table> {
  const rows: string[][] = [];
  for (const setting of SETTINGS) rows.push(await measure(setting));
  return {
    title: `End to end: virtual camera at ${CAMERA_FPS} frames a second, one viewer`,
    head: [
      "camera",
      "asked fps",
      "encoder",
      "delivered fps",
      "age p50, ms",
      "p95",
      "timestamp off by, p95 ms",
      "processor a frame, ms",
      "of it ffmpeg",
    ],
    rows,
    note:
      "Age: from the time that the camera drew into the picture until a client has the message. " +
      "Floor of the rate: what is asked; of the age with copy: 0, else the encoding of one frame.",
  };
}

async function measure({ width, height, fps, format }: Setting): Promise<string[]> {
  await using vcam = await startVcam({ width, height, fps: CAMERA_FPS, formats: [format] });
  const args = ["--camera", vcam.path, "--fps", String(fps), "--resolution", `${width}x${height}`];
  await using server = await startWscam(args, { env: vcam.env });
  const signal = AbortSignal.timeout((SECONDS + 2) * 1000);
  const kept: { jpeg: Uint8Array; received: number; timestamp: number }[] = [];
  const times: number[] = [];
  let [cpu, ffmpegCpu] = [0, 0];
  for await (const event of view(server.ws, signal)) {
    if (event.type !== "picture") continue;
    const received = Date.now() / 1000;
    times.push(event.timestamp);
    if (times.length === fps) {
      cpu = cpuSecondsOf(server.pid);
      ffmpegCpu = await cpuSecondsOfChildren(server.pid);
    }
    if (times.length > fps && times.length % READ_EVERY === 0) kept.push({ ...event, received });
  }
  const frames = times.length - fps;
  const perFrame = (seconds: number): number => seconds * 1000 / frames;
  const ffmpegUsed = perFrame(await cpuSecondsOfChildren(server.pid) - ffmpegCpu);
  const used = perFrame(cpuSecondsOf(server.pid) - cpu);
  const encoder = server.output.stderr.match(/encoder (\w+)/)?.[1] ?? "";
  const span = (times.at(-1) ?? 0) - (times[fps] ?? 0);
  const ages: number[] = [];
  const errors: number[] = [];
  for (const { jpeg, received, timestamp } of kept) {
    const captured = await readCaptureTime(jpeg);
    ages.push((received - captured) * 1000);
    errors.push(Math.abs(timestamp - captured) * 1000);
  }
  return [
    `${width}x${height} ${format}`,
    String(fps),
    encoder,
    cell((times.length - fps - 1) / span),
    cell(quantile(ages, 0.5)),
    cell(quantile(ages, 0.95)),
    cell(quantile(errors, 0.95)),
    cell(used + ffmpegUsed),
    cell(ffmpegUsed),
  ];
}

/** The camera lingers after its last viewer, and so does its ffmpeg. */
async function cpuSecondsOfChildren(pid: number): Promise<number> {
  const children = await childrenOf(pid, { deep: true });
  return children.reduce((sum, child) => sum + cpuSecondsOf(child), 0);
}

async function readCaptureTime(jpeg: Uint8Array): Promise<number> {
  const image = await Image.decode(jpeg);
  const green = Uint8Array.from(
    { length: image.width * 128 },
    (_, i) => image.bitmap[i * 4 + 1] ?? 0,
  );
  return captureTime(green, image.width);
}

function quantile(values: number[], q: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * q)] ?? NaN;
}
