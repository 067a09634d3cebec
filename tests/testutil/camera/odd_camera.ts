import { buildNative } from "../system/native.ts";
import { claim, free, type Place } from "./vcam_place.ts";

/** The makings of an odd camera: see vcam/oddcam.c for the lines. */
export interface OddCameraOptions {
  /** Its name. */
  card?: string;
  /** The formats that it offers, in the order in which it lists them. */
  formats?: readonly OddFormat[];
  /** Further lines: errors, delays, times, controls. */
  lines?: readonly string[];
}

/** One format of an odd camera. */
export interface OddFormat {
  /** As V4L2 has it: `MJPG`, `YUYV`, `Y16_!`. */
  fourcc: string;
  /** `640x480 1/30 1/15`, or a range: `step 32x32 2592x1944 2x2 1/30`. */
  sizes: readonly string[];
  /** The sizes in which pictures come. @default {those of `sizes`} */
  drawn?: readonly string[];
  /** Pictures that come in place of drawn ones, in every size. */
  pictures?: readonly Uint8Array[];
}

/** ffmpeg's names of the formats that can be drawn. */
const PIXELS: Readonly<Record<string, string>> = {
  YUYV: "yuyv422",
  UYVY: "uyvy422",
  NV12: "nv12",
  YU12: "yuv420p",
  GREY: "gray",
  RGB3: "rgb24",
  BGR3: "bgr24",
};
/** V4L2_FMT_FLAG_COMPRESSED. */
const COMPRESSED = ["MJPG", "JPEG", "H264", "HEVC"];
const PICTURES = 4;
/** Of H.264, from one key frame to the next. */
const GROUP = 45;

/** A camera that is described, and not drawn live: what it sends is made beforehand. */
export class OddCamera implements AsyncDisposable {
  /** Its device node, `/dev/videoN`. */
  readonly path: string;
  /** The number in `path`. */
  readonly index: number;
  /** Variables with which a child process sees it. */
  readonly env: Record<string, string>;
  readonly #place: Place;
  readonly #dir: string;

  /** For {@linkcode startOddCamera}. */
  constructor(place: Place, dir: string, driver: string) {
    this.#place = place;
    this.#dir = dir;
    this.path = place.node;
    this.index = place.index;
    this.env = { LD_PRELOAD: driver, ODDCAM: `${place.node}=${dir}/camera`, ODDCAM_SYSFS: dir };
  }

  /** Makes it fail, or work again. */
  async fault(kind: "unplugged" | "frozen" | "busy" | "none"): Promise<void> {
    await Deno.writeTextFile(`${this.#dir}/camera.fault`, kind === "none" ? "" : kind);
  }

  /** From now on, it takes this time to open it, in milliseconds. */
  async slow(ms: number): Promise<void> {
    await Deno.writeTextFile(`${this.#dir}/camera.slow`, String(ms));
  }

  /** Forgets the values of its controls, as if unplugged and plugged in again. */
  async forget(): Promise<void> {
    await Deno.remove(`${this.#dir}/camera.ctrl`).catch(() => {});
  }

  /** Frees its number. */
  async [Symbol.asyncDispose](): Promise<void> {
    free(this.#place);
    await Deno.remove(this.#dir, { recursive: true });
  }
}

/** Makes a camera from its description. */
export async function startOddCamera(options: OddCameraOptions): Promise<OddCamera> {
  const driver = await buildNative("camera/vcam/oddcam.c", [
    "-shared",
    "-fPIC",
    "-ldl",
    "-lpthread",
  ]);
  const dir = await Deno.makeTempDir({ prefix: "wscam-odd-" });
  const { card = "Odd Camera", formats = [], lines = [] } = options;
  const text = [`card ${card}`];
  for (const format of formats) text.push(...await describe(format, dir));
  await Deno.writeTextFile(`${dir}/camera`, [...text, ...lines, ""].join("\n"));
  const place = claim();
  await Deno.writeTextFile(`${dir}/video${place.index}.name`, card);
  await Deno.writeTextFile(`${dir}/video${place.index}.index`, "0");
  return new OddCamera(place, dir, driver);
}

/** The environment of a child process that should see several. */
export function oddEnv(...cameras: OddCamera[]): Record<string, string> {
  return {
    ...cameras[0]?.env ?? {},
    ODDCAM: cameras.map(({ env }) => env["ODDCAM"]).join(","),
  };
}

async function describe(format: OddFormat, dir: string): Promise<string[]> {
  const { fourcc, sizes, pictures } = format;
  const names = format.drawn ??
    sizes.filter((size) => !size.startsWith("step")).map((size) => size.split(" ")[0] ?? "");
  const flags = COMPRESSED.includes(fourcc) ? 1 : 0;
  const lines = [`fmt ${fourcc} ${flags} ${fourcc}`];
  lines.push(...sizes.map((size) => size.startsWith("step") ? size : `size ${size}`));
  for (const size of names) {
    const drawn = pictures ?? await draw(fourcc, size);
    const files = drawn.map((_, i) => `${dir}/${fourcc}-${size}-${i}`);
    await Promise.all(files.map((file, i) => Deno.writeFile(file, drawn[i] ?? new Uint8Array())));
    if (files.length > 0) lines.push(`data ${fourcc} ${size} files ${files.join(" ")}`);
  }
  return lines;
}

type Pictures = readonly Uint8Array<ArrayBuffer>[];

/** Pictures drawn so far: many of a test's cameras send the same. */
const drawings = new Map<string, Promise<Pictures>>();

/**
 * Some pictures of a size in a format, from one of ffmpeg's sources; none for formats that can't be
 * drawn.
 */
export function draw(fourcc: string, size: string, source = "testsrc2"): Promise<Pictures> {
  const key = [fourcc, size, source].join(" ");
  const known = drawings.get(key);
  if (known !== undefined) return known;
  const drawn = drawAnew(fourcc, size, source);
  drawings.set(key, drawn);
  return drawn;
}

async function drawAnew(fourcc: string, size: string, source: string): Promise<Pictures> {
  if (fourcc === "H264") return await drawH264(size, source);
  const isJpeg = fourcc === "MJPG" || fourcc === "JPEG";
  const pixels = PIXELS[fourcc];
  if (!isJpeg && pixels === undefined) return [];
  const film = `${source}${source.includes("=") ? ":" : "="}s=${size}:r=30`;
  const input = ["-f", "lavfi", "-i", film, "-frames:v", String(PICTURES)];
  const output = isJpeg
    ? ["-c:v", "mjpeg", "-pix_fmt", "yuvj422p", "-q:v", "5", "-f", "image2pipe"]
    : ["-c:v", "rawvideo", "-pix_fmt", pixels ?? "", "-f", "rawvideo"];
  const { stdout, success } = await new Deno.Command("ffmpeg", {
    args: ["-v", "error", "-nostdin", ...input, ...output, "pipe:1"],
    stderr: "null",
  }).output();
  if (!success) throw new Error(`Cannot draw pictures: ffmpeg failed for ${fourcc} ${size}`);
  return isJpeg ? splitJpegs(stdout) : splitEvenly(stdout);
}

/** A group of pictures, each of which begins with a delimiter of its own (ITU-T H.264, 7.4.1.2.3). */
async function drawH264(size: string, source: string): Promise<Pictures> {
  const input = ["-f", "lavfi", "-i", `${source}=s=${size}:r=15`, "-frames:v", String(GROUP)];
  const coding = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "999"];
  const { stdout, success } = await new Deno.Command("ffmpeg", {
    args: [
      ...["-v", "error", "-nostdin", ...input, ...coding],
      ...["-pix_fmt", "yuv420p", "-x264-params", "aud=1", "-f", "h264", "pipe:1"],
    ],
    stderr: "null",
  }).output();
  if (!success) throw new Error(`Cannot draw pictures: ffmpeg failed for H264 ${size}`);
  const starts: number[] = [];
  for (let at = 0; at + 4 < stdout.length; at++) {
    const isDelimiter = stdout[at] === 0 && stdout[at + 1] === 0 && stdout[at + 2] === 0 &&
      stdout[at + 3] === 1 && stdout[at + 4] === 9;
    if (isDelimiter) starts.push(at);
  }
  return starts.map((start, i) => stdout.slice(start, starts[i + 1] ?? stdout.length));
}

/** ffmpeg's pictures hold no others. */
function splitJpegs(bytes: Uint8Array<ArrayBuffer>): Pictures {
  const starts: number[] = [];
  for (let at = 0; at + 2 < bytes.length; at++) {
    if (bytes[at] === 0xff && bytes[at + 1] === 0xd8 && bytes[at + 2] === 0xff) starts.push(at);
  }
  return starts.map((start, i) => bytes.slice(start, starts[i + 1] ?? bytes.length));
}

function splitEvenly(bytes: Uint8Array<ArrayBuffer>): Pictures {
  const size = bytes.length / PICTURES;
  return Array.from({ length: PICTURES }, (_, i) => bytes.slice(i * size, (i + 1) * size));
}
