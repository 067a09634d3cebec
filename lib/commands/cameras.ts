import { askModes } from "../camera/device/ask_modes.ts";
import type { Device } from "../camera/device/device_list.ts";
import { listDevices } from "../camera/device/devices.ts";
import { cameraOs } from "../ffmpeg/input.ts";
import { ffmpegVersion } from "../ffmpeg/ffmpeg_version.ts";
import type { Mode } from "../ffmpeg/mode/modes.ts";
import { sizeWords } from "../ffmpeg/mode/sizes.ts";
import type { CamerasConfig } from "../config/commands/cameras_config.ts";
import { printable, writeStderr, writeStdout } from "../log.ts";
import { DOCTOR } from "./serve/missing_cameras.ts";

/**
 * Lists the cameras of this machine, with the modes of each.
 *
 * @returns the exit status: 1 when they can't be listed
 */
export async function cameras({ ffmpeg, json }: CamerasConfig): Promise<number> {
  const os = cameraOs();
  const { signal } = new AbortController();
  const devices = await listDevices(ffmpeg, os);
  const listed = await Promise.all(devices.map(async (device) => {
    const input = { kind: "device", device: device.device } as const;
    return { ...device, modes: await askModes(input, { ffmpeg, os, signal }) ?? [] };
  }));
  const isLacking = os === "linux"
    ? listed.some(({ modes }) => modes.length === 0)
    : listed.length === 0;
  const problem = isLacking ? await problemOf(ffmpeg) : undefined;
  if (problem !== undefined) {
    writeStderr(`wscam: The list of cameras and their modes ${problem}. ${DOCTOR}`);
  }
  if (problem !== undefined && listed.length === 0) return 1;
  if (json) {
    writeStdout(`${JSON.stringify(listed, null, 2)}\n`);
  } else if (listed.length === 0) {
    writeStdout(`No camera found. For a picture without one: wscam --camera test. ${DOCTOR}\n`);
  } else {
    writeStdout(`${listed.flatMap(lines).map(printable).join("\n")}\n`);
  }
  return 0;
}

/** Why an ffmpeg can't be queried, in words that follow what needs it. */
async function problemOf(ffmpeg: string): Promise<string | undefined> {
  try {
    await ffmpegVersion(ffmpeg);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** One line for a camera, and one for each of its formats. */
function lines({ index, name, device, place, modes }: Device & { modes: Mode[] }): string[] {
  const formats = Map.groupBy(
    modes,
    ({ format, isUnreadable = false }) =>
      isUnreadable ? `${format} (ffmpeg can't read it)` : format,
  );
  return [
    `${index}  ${name}  (${place === undefined ? device : `${device}, ${place}`})`,
    ...Array.from(formats, ([format, each]) => `     ${format}: ${each.map(words).join(", ")}`),
  ];
}

function words(mode: Mode): string {
  const rates = mode.fps.toSorted((a, b) => b - a).join(mode.isAnyRate ? " to " : "/");
  return `${sizeWords(mode)}${rates === "" ? "" : ` at ${rates}`}`;
}
