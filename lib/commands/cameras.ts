import { cameraOs } from "../camera/ffmpeg_source.ts";
import { listDevices } from "../camera/devices.ts";
import type { CamerasConfig } from "../config.ts";
import { printable, writeStdout } from "../log.ts";

/**
 * Lists the cameras of this machine.
 *
 * @returns the exit status
 */
export async function cameras({ ffmpeg, json }: CamerasConfig): Promise<number> {
  const devices = await listDevices(ffmpeg, cameraOs());
  if (json) {
    writeStdout(`${JSON.stringify(devices, null, 2)}\n`);
  } else if (devices.length === 0) {
    writeStdout("No camera is there. A picture without one: wscam --camera test\n");
  } else {
    const lines = devices.map(({ index, name, device }) => `${index}  ${name}  (${device})`);
    writeStdout(`${lines.map(printable).join("\n")}\n`);
  }
  return 0;
}
