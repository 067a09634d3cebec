import { askModes } from "../../camera/device/ask_modes.ts";
import type { Device } from "../../camera/device/device_list.ts";
import { listDevices } from "../../camera/device/devices.ts";
import { findInput } from "../../camera/ffmpeg/find_input.ts";
import type { ServeConfig } from "../../config/commands/serve_config.ts";
import type { CameraOs } from "../../ffmpeg/input.ts";
import { choosePlan, type Plan } from "../../ffmpeg/mode/plan.ts";
import { printable } from "../../log.ts";

export interface FoundCamerasOptions {
  /** The ffmpeg to run. */
  ffmpeg: string;
  /** The system that the cameras belong to. */
  os: CameraOs;
  /** Ends the search. */
  signal: AbortSignal;
}

/**
 * One line for each camera of this machine: its name, and how it will be read. The cameras are not
 * opened for pictures.
 *
 * @returns no lines for cameras that are gone, or don't answer
 */
export async function* foundCameras(
  cameras: ServeConfig["cameras"],
  { ffmpeg, os, signal }: FoundCamerasOptions,
): AsyncGenerator<string, void> {
  let listed: Promise<Device[]> | undefined;
  const devices = (): Promise<Device[]> => listed ??= listDevices(ffmpeg, os, signal);
  for (const { name, source, capture } of cameras) {
    if (source.kind !== "index" && source.kind !== "name" && source.kind !== "device") continue;
    const input = await findInput(source, { os, devices }).catch(() => undefined);
    if (input?.kind !== "device") continue;
    const modes = await askModes(input, { ffmpeg, os, signal }) ?? [];
    if (signal.aborted) return;
    const device = (await devices()).find((each) => each.device === input.device);
    const { resolution } = capture;
    const how = modes.length > 0
      ? `, ${planWords(choosePlan(capture, { modes, resolution }))}`
      : "";
    if (device === undefined && how === "") continue;
    yield printable(`  camera ${name}: ${device?.name ?? input.device}${how}`);
  }
}

function planWords({ mode, encoder, reason }: Plan): string {
  if (mode === undefined) return "in no format that ffmpeg reads";
  const { width, height, fps, format } = mode;
  const rate = fps === undefined ? "" : ` at ${fps}`;
  return `${format} ${width}x${height}${rate}; encoder ${encoder}, ${reason}`;
}
