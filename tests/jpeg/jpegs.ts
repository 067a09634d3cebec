import { assert } from "@std/assert";
import { type Bitmap, encodeJpeg } from "../../lib/jpeg/imagescript/encode_jpeg.ts";
import type { Frame } from "../../lib/frame/frame.ts";
import { createRandom } from "../testutil/random.ts";
import { bytesOf, concat } from "../ffmpeg/output/bordered_stream.ts";

/** A JPEG picture as it was when it came. */
export interface SeenJpeg {
  width: number;
  height: number;
  timestamp: number;
  sequence: number;
  jpeg: Uint8Array;
}

/** The bytes after each picture, and before the first one without the line end. */
export const BOUNDARY = "\r\n--ffmpeg\r\n";

/** A part's header as ffmpeg writes it. */
export function partHeader(length: number | string): string {
  return `Content-type: image/jpeg\r\nContent-length: ${length}\r\n\r\n`;
}

/** A part as ffmpeg writes it, from its header to the boundary that follows it. */
export function part(
  jpeg: Uint8Array,
  length: number | string = jpeg.length,
): Uint8Array<ArrayBuffer> {
  return concat([bytesOf(partHeader(length)), jpeg, bytesOf(BOUNDARY)]);
}

/** A whole stream of parts. */
export function mpjpegOf(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concat([bytesOf(BOUNDARY.slice(2)), ...parts]);
}

/** Colours and edges that differ from seed to seed, in one picture. */
export function drawBitmap(width: number, height: number, seed = 0): Bitmap {
  const random = createRandom(seed);
  const tints = random.bytes(3);
  const data = new Uint8Array(width * height * 4);
  for (let at = 0; at < data.length; at += 4) {
    const x = at / 4 % width;
    const y = Math.floor(at / 4 / width);
    const edge = (x >> 2) + (y >> 2) & 1 ? 90 : 0;
    for (let i = 0; i < 3; i++) data[at + i] = (tints[i] ?? 0) + edge + (i ? x : y) * 3;
    data[at + 3] = 255;
  }
  return { data, width, height };
}

/** A JPEG file that our own encoder makes, another one for each seed. */
export async function drawJpeg(
  width: number,
  height: number,
  seed = 0,
): Promise<Uint8Array<ArrayBuffer>> {
  return await encodeJpeg(drawBitmap(width, height, seed), 80);
}

/** Reads all pictures. */
export async function collectJpegs(
  frames: AsyncIterable<Frame>,
  into: SeenJpeg[] = [],
): Promise<SeenJpeg[]> {
  for await (const frame of frames) {
    const { width, height, timestamp, sequence, data, format } = frame;
    assert(format === "jpeg");
    into.push({ width, height, timestamp, sequence, jpeg: data.slice() });
    frame.release();
  }
  return into;
}

/** Runs ffmpeg, and returns its stdout. */
export async function runFfmpeg(
  args: readonly string[],
  input: Uint8Array = new Uint8Array(),
): Promise<Uint8Array<ArrayBuffer>> {
  const child = new Deno.Command("ffmpeg", {
    args: ["-hide_banner", "-loglevel", "error", ...args, "pipe:1"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // It may end before it has read all.
  const sent = new Blob([Uint8Array.from(input)]).stream().pipeTo(child.stdin).catch(() => {});
  const { success, stdout, stderr } = await child.output();
  await sent;
  assert(success, new TextDecoder().decode(stderr));
  return stdout;
}

interface ImageScript {
  decode(file: Uint8Array): Promise<Omit<Bitmap, "data"> & { bitmap: Uint8ClampedArray }>;
}

/** The picture that imagescript's decoder makes of a file. */
export async function decodeJpeg(jpeg: Uint8Array): Promise<Bitmap> {
  // Its own declarations are not valid TypeScript.
  const specifier = "imagescript";
  const { decode }: ImageScript = await import(specifier);
  const { bitmap, width, height } = await decode(jpeg);
  return { data: new Uint8Array(bitmap), width, height };
}

/** One segment of a JPEG file, from its marker to the next; a scan with its data. */
export interface Segment {
  /** The marker's second byte. */
  marker: number;
  at: number;
  bytes: Uint8Array;
}

/** The segments of a whole file, found by an own way, without SOI. */
export function segmentsOf(jpeg: Uint8Array): Segment[] {
  const segments: Segment[] = [];
  for (let at = 2; at < jpeg.length;) {
    const marker = jpeg[at + 1] ?? 0;
    const length = marker === 0xd9 ? 0 : (jpeg[at + 2] ?? 0) << 8 | (jpeg[at + 3] ?? 0);
    let end = at + 2 + length;
    if (marker === 0xda) {
      const isEnd = () => jpeg[end] === 0xff && !isOfScan(jpeg[end + 1] ?? 0);
      while (end < jpeg.length && !isEnd()) end++;
    }
    segments.push({ marker, at, bytes: jpeg.subarray(at, end) });
    at = end;
  }
  return segments;
}

/** A file of other segments. */
export function jpegOf(segments: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concat([Uint8Array.of(0xff, 0xd8), ...segments]);
}

function isOfScan(second: number): boolean {
  return second === 0 || second >= 0xd0 && second <= 0xd7;
}
