import type { Mode } from "../../../ffmpeg/mode/modes.ts";
import { askModes } from "../../../camera/device/ask_modes.ts";
import { type FailureCode, SourceError } from "../../../frame/source_error.ts";
import type { Device } from "../../../camera/device/device_list.ts";
import type { CameraOs } from "../../../ffmpeg/input.ts";
import { findInput } from "../../../camera/ffmpeg/find_input.ts";
import { type DeviceSpec, isDevice, isForFfmpeg } from "../../../camera/ffmpeg/ffmpeg_spec.ts";
import { loadSource, type SourceSpec } from "../../../camera/source_kinds.ts";
import type { CameraConfig } from "../../../config/camera_config.ts";
import type { Capture } from "../../../frame/capture.ts";
import { type Check, messageOf } from "../check.ts";
import { checkDevice } from "./check_device.ts";
import { judgeModes } from "./check_modes.ts";
import { judgeRate } from "../judge_rate.ts";
import { measure } from "../measure.ts";
import { type Neighbour, whoHas } from "../neighbour.ts";

/** The means to check a camera. */
export interface CameraContext {
  /** The ffmpeg to use. */
  ffmpeg: string;
  /** The system wscam runs on. */
  os: CameraOs;
  /** The cameras of this machine. */
  devices: () => Promise<Device[]>;
  /** Whether there is a working ffmpeg. */
  hasFfmpeg: boolean;
  /** A wscam that is running already. */
  neighbour: Neighbour | undefined;
  /** The devices checked so far, with the cameras that use them; extended here. */
  taken: Map<string, string>;
}

/** The failures whose reasons already say what to do. */
const TELLING: readonly FailureCode[] = ["permission", "mode", "bandwidth", "program", "signal"];
/** Remedies for the others. */
const REMEDIES: Partial<Record<SourceSpec["kind"], string>> = {
  device: "choose another ('wscam cameras' lists them)",
  file: "choose a video that this user may read, by its whole path: '--camera /path/film.mp4'",
  url: "check whether another player opens that address, and whether user and password are right",
};

/** Checks a camera, in such an order that a fault is found before anything that depends on it. */
export async function* checkCamera(
  { name, source, capture }: CameraConfig,
  context: CameraContext,
): AsyncGenerator<Check> {
  const about = (check: Check): Check => ({
    ...check,
    camera: name,
    message: check.name === "device"
      ? `Camera ${name}: ${check.message}`
      : `Camera ${name} ${check.message}`,
  });
  if (source.kind === "relay" || source.kind === "push") {
    const message = source.kind === "relay"
      ? "comes through NATS: run doctor on the machine that it is plugged into"
      : "shows what a program pushes, and has no pictures until one does (wscam push --help)";
    yield about({ name: "camera", status: "ok", message });
    return;
  }
  try {
    for await (const check of looks({ name, source, capture }, context)) yield about(check);
  } catch (error) {
    const message = messageOf(error);
    const isTold = !(error instanceof SourceError) || TELLING.includes(error.code);
    const remedy = isTold ? undefined : REMEDIES[source.kind];
    yield about({ name: "camera", status: "fail", message, ...(remedy ? { remedy } : {}) });
  }
}

async function* looks(
  { name, source, capture }: CameraConfig & { source: SourceSpec },
  context: CameraContext,
): AsyncGenerator<Check> {
  if (!isDevice(source)) {
    if (context.hasFfmpeg || !isForFfmpeg(source)) {
      yield await rate({ source, capture }, { ...context, modes: [] });
    }
    return;
  }
  const found = await findDevice(source, context);
  if (context.os === "linux") {
    const check = await checkDevice(found.device);
    yield check;
    if (check.status === "fail") return;
  }
  const twin = context.taken.get(found.device);
  if (twin !== undefined) return yield isTwin(twin, found.device);
  context.taken.set(found.device, name);
  const user = context.neighbour && whoHas(found, context.neighbour);
  if (user) return yield inUse(user);
  if (!context.hasFfmpeg) return;
  const { ffmpeg } = context;
  const { signal } = new AbortController();
  const modes = await askModes({ kind: "device", device: found.device }, {
    ffmpeg,
    os: context.os,
    signal,
  }) ?? [];
  const check = judgeModes(modes, capture);
  yield check;
  if (check.status === "fail") return;
  yield await rateOrBusy({ source, capture }, { ...context, modes, device: found.device });
}

/**
 * The device that a camera refers to, as `serve` finds it.
 *
 * @throws {SourceError} when there is none
 */
async function findDevice(source: DeviceSpec, { os, devices }: CameraContext): Promise<Device> {
  const there = await devices();
  const input = await findInput(source, { os, devices }).catch((error) => {
    const names = there.map(({ index, name }) => `${index} (${name})`).join(", ");
    const others = names === "" ? "no camera was found" : `there is ${names}`;
    throw new Error(`${messageOf(error)}; ${others}`, { cause: error });
  });
  const path = input.kind === "device" ? input.device : "";
  // A device has several names on Linux: /dev/v4l/by-id/ and others.
  const device = os === "linux" ? await Deno.realPath(path).catch(() => path) : path;
  return there.find((each) => each.device === device) ?? { index: -1, name: device, device };
}

function isTwin(other: string, device: string): Check {
  const message = `is ${device}, which camera ${other} uses: only one camera can use it at a time`;
  const remedy = "leave one out: each viewer can ask for a size, rate and quality of its own";
  return { name: "camera", status: "warn", message, remedy };
}

function inUse({ name, state, resolution, fps }: ReturnType<typeof whoHas> & object): Check {
  const rate = fps === null ? "" : ` at ${fps} frames a second`;
  const delivers = state === "live" && resolution !== null
    ? `, which delivers ${resolution}${rate}`
    : "";
  const message = `is in use by the wscam that is running, as its camera ${name}${delivers}`;
  return {
    name: "camera",
    status: "warn",
    message,
    remedy: "stop that one to measure the camera here",
  };
}

async function rate(
  { source, capture }: { source: SourceSpec; capture: Capture },
  { ffmpeg, modes }: CameraContext & { modes: readonly Mode[] },
): Promise<Check> {
  const frozenMs = Math.max(5000, 3000 / capture.fps);
  const open = await loadSource(source);
  const measured = await measure(open(capture, { ffmpeg }), { frozenMs });
  return judgeRate(measured, { ...capture, modes, kind: source.kind });
}

/** Measures a device, or says who is using it. */
async function rateOrBusy(
  camera: Parameters<typeof rate>[0],
  context: Parameters<typeof rate>[1] & { device: string },
): Promise<Check> {
  try {
    return await rate(camera, context);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const check = { name: "camera", status: "fail", message: error.message } as const;
    if (error.code === "frozen") {
      return { ...check, remedy: "plug it in again, into another USB port and without a hub" };
    }
    if (error.code !== "busy") throw error;
    if (context.neighbour && context.neighbour.cameras === undefined) {
      return { ...check, status: "warn", remedy: "it is probably the wscam that is running" };
    }
    return { ...check, remedy: "end that program" };
  }
}
