import type { Device } from "../camera/device/device_list.ts";
import { listDevices } from "../camera/device/devices.ts";
import { cameraOs } from "../ffmpeg/input.ts";
import type { CameraConfig } from "../config/camera_config.ts";
import type { ServeConfig } from "../config/commands/serve_config.ts";
import { hasColor } from "../config/color.ts";
import type { DoctorConfig } from "../config/commands/doctor_config.ts";
import { writeStdout } from "../log.ts";
import { hideSecrets } from "../log/secrets.ts";
import { checkBrokers } from "./doctor/checks/check_brokers.ts";
import { checkCamera } from "./doctor/checks/check_camera.ts";
import { checkCertificate } from "./doctor/checks/check_certificate.ts";
import { checkClock } from "./doctor/checks/check_clock.ts";
import { checkFfmpeg } from "./doctor/checks/check_ffmpeg.ts";
import { checkH264 } from "./doctor/checks/check_h264.ts";
import { checkImagescript } from "./doctor/checks/check_imagescript.ts";
import { checkLimits } from "./doctor/checks/check_limits.ts";
import { checkPort } from "./doctor/checks/check_port.ts";
import { type Check, report } from "./doctor/check.ts";
import { checkLine, summaryLine } from "./doctor/lines.ts";

/**
 * Checks whether `serve` would work with the same options, and says what to do if not.
 *
 * @returns the exit status: 1 when something failed
 */
export async function doctor(config: DoctorConfig): Promise<number> {
  const color = hasColor(Deno.stdout);
  const checks: Check[] = [];
  for await (const check of examine(config)) {
    checks.push(check);
    if (!config.json) writeStdout(checkLine(check, { color }));
  }
  const found = report(checks);
  const json = (): string => `${JSON.stringify(found, withoutSecrets, 2)}\n`;
  writeStdout(config.json ? json() : summaryLine(checks));
  return found.ok ? 0 : 1;
}

/** Yields each check as soon as it is made. */
async function* examine({ serve, hasCameras }: DoctorConfig): AsyncGenerator<Check> {
  const { ffmpeg, host, port, unix, maxClients } = serve;
  const os = cameraOs();
  let listed: Promise<Device[]> | undefined;
  const devices = (): Promise<Device[]> => listed ??= listDevices(ffmpeg, os);
  const cameras = hasCameras
    ? serve.cameras
    : (await devices()).map((device) => configOf(device, serve));
  const ffmpegCheck = await checkFfmpeg(ffmpeg, {
    os,
    sources: cameras.map(({ source }) => source),
  });
  yield ffmpegCheck;
  if (ffmpegCheck.status === "ok") yield await checkH264(ffmpeg, serve.h264Encoder);
  yield await checkImagescript();
  yield await checkClock();
  yield await checkLimits({ maxClients, cameras: cameras.length });
  const listener = unix === undefined ? { hostname: host, port } : { path: unix };
  const { check, neighbour } = await checkPort(listener, serve.access);
  yield check;
  if (serve.tls !== undefined) yield await checkCertificate(serve.tls);
  yield* checkBrokers(serve);
  if (!hasCameras) yield* defaultCamera(await devices());
  const context = {
    ffmpeg,
    os,
    devices,
    neighbour,
    taken: new Map<string, string>(),
    hasFfmpeg: ffmpegCheck.status !== "fail",
  };
  for (const camera of cameras) yield* checkCamera(camera, context);
}

/** Without the option, `serve` takes camera 0. */
function* defaultCamera(devices: readonly Device[]): Generator<Check> {
  const [first] = devices;
  const check = { name: "camera", status: "warn" } as const;
  if (first === undefined) {
    const remedy = "plug one in, or do without: wscam --camera test";
    yield { ...check, message: "No camera found", remedy };
  } else if (!devices.some(({ index }) => index === 0)) {
    const remedy = `choose another: wscam --camera ${first.index}`;
    yield { ...check, message: "There is no camera 0, which 'wscam' opens by default", remedy };
  }
}

function configOf({ index }: Device, { capture }: ServeConfig): CameraConfig {
  return { name: String(index), source: { kind: "index", index }, capture };
}

function withoutSecrets(_key: string, value: unknown): unknown {
  return typeof value === "string" ? hideSecrets(value) : value;
}
