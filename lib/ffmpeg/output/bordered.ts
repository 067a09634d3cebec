import { ByteReader } from "./byte_reader.ts";
import type { Frame, FramePool } from "../../frame/frame.ts";
import { isShown } from "../../jpeg/shown_size.ts";

/** Bytes of a pixel. */
const PIXEL = 4;
const OPAQUE = 255;
/**
 * This many pixels of a row of unknown width are read at once: surely no more than belong to the
 * picture.
 */
const FIRST_PIXELS = 2;

/**
 * Filters that put a row of transparent pixels above each picture and another below it. ffmpeg's
 * formats with a header state the size that their encoder was opened with, but pictures change
 * size: day and night, a phone that is rotated, two films in one file. With these rows, raw
 * pictures carry their own size. {@linkcode OPAQUE_FORMATS} removes any transparency of their own.
 */
export const BORDERS = ["format=rgba", "pad=iw:ih+2:0:1:black@0"];

/**
 * Formats without transparency from which ffmpeg has quick ways to RGBA. It has none from the packed ones that
 * webcams deliver: by way of yuv422p those take a quarter of the time.
 */
export const OPAQUE_FORMATS =
  "format=yuv420p|yuv422p|yuv444p|yuvj420p|yuvj422p|yuvj444p|nv12|rgb24|bgr24";

export interface ReadBorderedOptions {
  /** Gives the frames' buffers. */
  pool: FramePool;
  /** Ends the reading. */
  signal?: AbortSignal;
  /**
   * The clock for capture times, in milliseconds since 1970.
   *
   * @default {Date.now}
   */
  now?: () => number;
  /**
   * Called with each picture's arrival time, and returns its capture time, both in seconds since
   * 1970; `undefined` if it is too late to be shown.
   *
   * @default its arrival
   */
  stamp?: ((arrived: number) => Promise<number | undefined>) | undefined;
}

/** A picture read from the stream. */
interface Pixels {
  data: Uint8Array<ArrayBuffer>;
  width: number;
  height: number;
}

/**
 * Reads RGBA pictures between the rows of {@linkcode BORDERS}, straight into pooled buffers. A
 * frame's time is the arrival of the row above it. A picture truncated by the end of the stream is
 * dropped.
 *
 * @throws {TypeError} when the stream is something else
 */
export async function* readBordered(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  { pool, signal, now = Date.now, stamp }: ReadBorderedOptions,
): AsyncGenerator<Frame, void> {
  using reader = new ByteReader(stream, PIXEL, signal);
  let last = { width: 0, height: 0 };
  while (true) {
    const top = await readTop(reader, last.width, now);
    if (top === undefined) return;
    const { width } = top;
    const usual = width === last.width ? await readUsual(reader, last, pool) : undefined;
    const pixels = usual ?? await readRows(reader, width, pool);
    if (pixels === undefined) return;
    const { data, height } = pixels;
    last = { width, height };
    const timestamp = stamp ? await stamp(top.arrived) : top.arrived;
    if (timestamp === undefined) pool.give(data.buffer);
    else yield pool.frame(data, { width, height, timestamp });
  }
}

/**
 * Reads the row above a picture: returns its width, and the arrival of its first pixels in seconds
 * since 1970.
 */
async function readTop(
  reader: ByteReader,
  usual: number,
  now: () => number,
): Promise<{ width: number; arrived: number } | undefined> {
  let width = 0;
  let arrived: number | undefined;
  // With one pixel of the picture included, a row of the usual width takes a single read.
  for (let count = usual + 1;; count = FIRST_PIXELS) {
    const part = await reader.read(new ArrayBuffer(count * PIXEL), count * PIXEL);
    if (part === undefined) return undefined;
    arrived ??= now() / 1000;
    const clear = countClear(part);
    width += clear;
    if (width === 0) throw new TypeError("Cannot read picture: no border stands above it");
    if (clear === count) checkSize(width, 1);
    else {
      reader.unread(part.subarray(clear * PIXEL));
      return { width, arrived };
    }
  }
}

/** Reads a picture as high as the last one; puts back one that isn't. */
async function readUsual(
  reader: ByteReader,
  { width, height }: { width: number; height: number },
  pool: FramePool,
): Promise<Pixels | undefined> {
  const row = width * PIXEL;
  const size = row * (height + 1);
  const all = await reader.read(pool.take(size), size);
  if (all === undefined) return undefined;
  let end = 0;
  while (end <= height && isOpaque(all, end * row + PIXEL - 1)) end++;
  if (end === height) return { data: all.subarray(0, height * row), width, height };
  reader.unread(all);
  pool.give(all.buffer);
  return undefined;
}

/** Reads row by row, down to the row below the picture. */
async function readRows(
  reader: ByteReader,
  width: number,
  pool: FramePool,
): Promise<Pixels | undefined> {
  const size = width * PIXEL;
  const rows: Uint8Array[] = [];
  while (true) {
    const row = await reader.read(new ArrayBuffer(size), size);
    if (row === undefined) return undefined;
    if (!isOpaque(row, PIXEL - 1)) break;
    rows.push(row);
    checkSize(width, rows.length);
  }
  const height = rows.length;
  // As long as the next read, so that the buffer can be reused for it.
  const all = new Uint8Array(pool.take(size * (height + 1)));
  rows.forEach((row, i) => all.set(row, i * size));
  return { data: all.subarray(0, height * size), width, height };
}

function countClear(pixels: Uint8Array): number {
  let at = PIXEL - 1;
  while (at < pixels.length && !isOpaque(pixels, at)) at += PIXEL;
  return (at - PIXEL + 1) / PIXEL;
}

/** Whether the pixel ending at this byte belongs to a picture rather than to a border. */
function isOpaque(pixels: Uint8Array, at: number): boolean {
  const alpha = pixels[at];
  if (alpha === OPAQUE || alpha === 0) return alpha === OPAQUE;
  throw new TypeError(`Cannot read picture: its pixels must be opaque, got ${alpha}`);
}

/** This limits what a broken stream can make us keep. */
function checkSize(width: number, height: number): void {
  if (isShown({ width, height })) return;
  throw new TypeError(`Cannot read picture: it must end, got ${width}x${height} and more`);
}
