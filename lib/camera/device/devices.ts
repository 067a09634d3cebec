import { askProgram } from "../../ffmpeg/ask_program.ts";
import type { CameraOs } from "../../ffmpeg/ffmpeg_args.ts";
import { type Device, parseAvfoundation, parseDshow, parseV4l2Sources } from "./device_list.ts";

/**
 * The cameras of this machine, by index.
 *
 * @param ffmpeg which ffmpeg to ask, where the system itself doesn't tell
 * @param signal ends the asking
 */
export async function listDevices(
  ffmpeg: string,
  os: CameraOs,
  signal?: AbortSignal,
): Promise<Device[]> {
  const ask = async (...args: string[]): Promise<string> =>
    (await askProgram(ffmpeg, ["-hide_banner", ...args], { signal })).text;
  switch (os) {
    case "linux":
      return await listV4l2(() => ask("-sources", "v4l2"));
    case "darwin":
      return parseAvfoundation(
        await ask("-f", "avfoundation", "-list_devices", "true", "-i", ""),
      );
    case "windows":
      return parseDshow(await ask("-f", "dshow", "-list_devices", "true", "-i", "dummy"));
  }
}

async function listV4l2(askSources: () => Promise<string>): Promise<Device[]> {
  const devices: Device[] = [];
  let names: Map<string, string> | undefined;
  for (const index of videoNodes()) {
    const sysfs = `/sys/class/video4linux/video${index}`;
    // A webcam has a second node for metadata, which gives no pictures.
    if (Number(readLine(`${sysfs}/index`) ?? 0) > 0) continue;
    const device = `/dev/video${index}`;
    const name = readLine(`${sysfs}/name`) ??
      (names ??= parseV4l2Sources(await askSources())).get(device);
    devices.push({ index, name: name ?? device, device });
  }
  return devices;
}

function videoNodes(): number[] {
  const indexes: number[] = [];
  for (const { name } of Deno.readDirSync("/dev")) {
    const [, digits] = name.match(/^video(\d+)$/) ?? [];
    if (digits !== undefined) indexes.push(Number(digits));
  }
  return indexes.sort((a, b) => a - b);
}

function readLine(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path).trim();
  } catch {
    return undefined;
  }
}
