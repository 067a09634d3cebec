import { askProgram } from "../../ffmpeg/ask_program.ts";
import type { CameraOs } from "../../ffmpeg/input.ts";
import {
  type Device,
  parseAvfoundation,
  parseCapture,
  parseDshow,
  parseV4l2Sources,
} from "./device_list.ts";

/** A node that hangs must not hide the others. */
const CAPABILITIES_MS = 2000;
const PLACES = "/dev/v4l/by-path";

/**
 * The cameras of this machine, by index.
 *
 * @param ffmpeg the ffmpeg to ask, where the system itself doesn't say
 * @param signal aborts the query
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
      return await listV4l2(() => ask("-sources", "v4l2"), signal);
    case "darwin":
      return parseAvfoundation(
        await ask("-f", "avfoundation", "-list_devices", "true", "-i", ""),
      );
    case "windows":
      return parseDshow(await ask("-f", "dshow", "-list_devices", "true", "-i", "dummy"));
  }
}

async function listV4l2(
  askSources: () => Promise<string>,
  signal: AbortSignal | undefined,
): Promise<Device[]> {
  const devices: Device[] = [];
  let names: Map<string, string> | undefined;
  const indexes = videoNodes();
  const captures = await Promise.all(indexes.map((index) => givesPictures(index, signal)));
  for (const [at, index] of indexes.entries()) {
    if (!captures[at]) continue;
    const sysfs = `/sys/class/video4linux/video${index}`;
    const device = `/dev/video${index}`;
    const name = readLine(`${sysfs}/name`) ??
      (names ??= parseV4l2Sources(await askSources())).get(device);
    devices.push({ index, name: name ?? device, device });
  }
  return withPlaces(devices);
}

/** Distinguishes cameras with the same name: their numbers may change with the next boot. */
function withPlaces(devices: readonly Device[]): Device[] {
  const isTwin = (device: Device): boolean =>
    devices.some((other) => other !== device && other.name === device.name);
  if (!devices.some(isTwin)) return [...devices];
  const places = readPlaces();
  return devices.map((device) => {
    const place = isTwin(device) ? places.get(device.device) : undefined;
    return place === undefined ? device : { ...device, place };
  });
}

/**
 * The links that udev makes for the ports of devices, by device; none without udev, as in many
 * containers.
 */
function readPlaces(): Map<string, string> {
  const places = new Map<string, string>();
  for (const link of linksIn(PLACES)) {
    try {
      const device = Deno.realPathSync(link);
      // A device on a hub has a second link, in the naming scheme of newer versions.
      if (!places.has(device)) places.set(device, link);
    } catch {
      // It was unplugged a moment ago.
    }
  }
  return places;
}

function linksIn(folder: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => `${folder}/${name}`).sort();
  } catch {
    return [];
  }
}

/**
 * Whether a node gives pictures. The nodes of a Raspberry Pi's decoder and of a webcam's metadata
 * give none, and a depth camera has several that do. Where that can't be known, only a camera's
 * first node counts.
 */
async function givesPictures(index: number, signal: AbortSignal | undefined): Promise<boolean> {
  const args = ["-d", `/dev/video${index}`, "-D"];
  const { text } = await askProgram("v4l2-ctl", args, { signal, timeoutMs: CAPABILITIES_MS });
  const isCapture = parseCapture(text);
  if (isCapture !== undefined) return isCapture;
  return Number(readLine(`/sys/class/video4linux/video${index}/index`) ?? 0) === 0;
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
