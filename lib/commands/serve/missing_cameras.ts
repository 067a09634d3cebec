import type { Device } from "../../camera/device/device_list.ts";
import { listDevices } from "../../camera/device/devices.ts";
import { findInput } from "../../camera/ffmpeg/find_input.ts";
import type { CameraOs } from "../../ffmpeg/input.ts";
import { ffmpegVersion } from "../../ffmpeg/ffmpeg_version.ts";
import type { CameraSpec } from "../../camera/camera_spec.ts";
import { isForFfmpeg } from "../../camera/ffmpeg/ffmpeg_spec.ts";
import { stillsOf } from "../../ffmpeg/args/still.ts";
import type { Logger } from "../../log.ts";
import { sourceHint } from "./source_hint.ts";

export interface ReportMissingOptions {
  /** The ffmpeg to run. */
  ffmpeg: string;
  /** The system that the cameras belong to. */
  os: CameraOs;
  /** Takes the words. */
  log: Logger;
}

/** Reports which cameras can't work now, and the alternatives; they may still come later. */
export async function reportMissing(
  cameras: readonly CameraSpec[],
  { ffmpeg, os, log }: ReportMissingOptions,
): Promise<void> {
  if (!cameras.some(({ source }) => isForFfmpeg(source))) return;
  const problem = await ffmpegVersion(ffmpeg).then(() => undefined, messageOf);
  if (problem !== undefined) {
    log.warn(`This ${problem}. For a picture without it: --camera test. ${DOCTOR}`);
    return;
  }
  let listed: Promise<Device[]> | undefined;
  const devices = (): Promise<Device[]> => listed ??= listDevices(ffmpeg, os);
  for (const { name, source } of cameras) {
    if (!isForFfmpeg(source)) continue;
    const missing = await findInput(source, { os, devices }).then(whyNotThere, messageOf);
    if (missing === undefined) continue;
    const found = await devices();
    const there = found.map((device) => `${device.index} (${device.name})`).join(", ");
    const others = there === "" ? "no camera was found" : `there is ${there}`;
    const hint = await sourceHint(source, found.map(({ name }) => name));
    const advice = hint ?? `${others}. For a picture without a camera: --camera test`;
    log.warn(`Camera ${name} ${missing}; ${advice}${advice.endsWith("?") ? "" : "."} ${DOCTOR}`);
  }
}

/** Says where to find more. */
export const DOCTOR = "More: wscam doctor";

/** Devices and files can be checked without opening them. */
async function whyNotThere(
  input: Awaited<ReturnType<typeof findInput>>,
): Promise<string | undefined> {
  if (input.kind === "url") return undefined;
  if (input.kind === "file" && stillsOf(input.path) === "many") return undefined;
  const path = input.kind === "file" ? input.path : input.device;
  // On macOS and Windows a device has no path, and its name may contain '/'.
  if (input.kind === "device" && !path.startsWith("/")) return undefined;
  try {
    await Deno.stat(path);
    return undefined;
  } catch (error) {
    return error instanceof Deno.errors.PermissionDenied
      ? `can't be opened: this user may not look at ${path}`
      : `isn't there: ${path} does not exist`;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
