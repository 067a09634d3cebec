import { ByteReader } from "./byte_reader.ts";
import type { Frame, FramePool } from "../../frame/frame.ts";
import type { Doubts } from "../../jpeg/doubts.ts";
import { shownSize } from "../../jpeg/shown_size.ts";
import { type Fault, faultOf, wholeJpegs } from "../../jpeg/whole_jpeg.ts";

/** A picture of 8K at the best quality takes less. */
const MAX_PART = 32 * 1024 * 1024;
/** One oversized part may pass; a stream without any boundary is not ffmpeg's. */
const MAX_SKIPPED = 2 * MAX_PART;
const MAX_HEADER = 512;
const encoder = new TextEncoder();
const BOUNDARY = encoder.encode("--ffmpeg\r\n");
const NEXT_BOUNDARY = encoder.encode("\r\n--ffmpeg\r\n");
const END_OF_HEADER = encoder.encode("\r\n\r\n");
const MIN_HEADER = "Content-length: 1\r\n\r\n".length;

export interface ReadMpjpegOptions {
  /** Numbers the frames. */
  pool: FramePool;
  /** Ends the reading. */
  signal?: AbortSignal;
  /** Finds half pictures that the camera itself made. */
  doubts?: Doubts | undefined;
  /** Called for each dropped picture that was not a whole JPEG file, with what is wrong with it. */
  onBroken?: (fault: Fault) => void;
  /** The clock for capture times, in milliseconds since 1970. @default {Date.now} */
  now?: () => number;
  /**
   * Called with each picture's arrival time, and returns its capture time, both in seconds since
   * 1970; `undefined` if it is too late to be shown.
   *
   * @default its arrival
   */
  stamp?: ((arrived: number) => Promise<number | undefined>) | undefined;
}

/**
 * Reads JPEG pictures from ffmpeg's mpjpeg format, each by its stated length. Anything out of order
 * is dropped, up to the next boundary. A frame's time is the arrival of its header: its boundary
 * comes with the picture before it.
 *
 * @throws {TypeError} when no boundary comes for too long
 */
export async function* readMpjpeg(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  { pool, signal, doubts, onBroken = () => {}, now = Date.now, stamp }: ReadMpjpegOptions,
): AsyncGenerator<Frame, void> {
  using reader = new ByteReader(stream, MAX_HEADER, signal);
  let isAtPart = await reader.skipPast(BOUNDARY, MAX_SKIPPED);
  while (isAtPart) {
    const header = await reader.readThrough(END_OF_HEADER, MIN_HEADER);
    if (header === undefined) return;
    const arrived = now() / 1000;
    const length = header === "long" ? undefined : contentLength(header);
    if (length === undefined) {
      onBroken("unknown");
      // The boundary may have been read as a part of it.
      if (header !== "long") reader.unread(header);
      isAtPart = await reader.skipPast(NEXT_BOUNDARY, MAX_SKIPPED);
      continue;
    }
    const size = length + NEXT_BOUNDARY.length;
    const part = await reader.read(new ArrayBuffer(size), size);
    if (part === undefined) return;
    const isFramed = NEXT_BOUNDARY.every((byte, i) => byte === part[length + i]);
    const jpeg = isFramed ? pictureIn(part.subarray(0, length), doubts) : undefined;
    const pixels = jpeg && shownSize(jpeg);
    const timestamp = stamp ? await stamp(arrived) : arrived;
    if (!jpeg || !pixels) onBroken(faultOf(part.subarray(0, length)));
    else if (timestamp !== undefined) yield pool.jpeg(jpeg, { ...pixels, timestamp });
    if (isFramed) continue;
    reader.unread(part.subarray(lastBoundary(part)));
    isAtPart = await reader.skipPast(NEXT_BOUNDARY, MAX_SKIPPED);
  }
}

/** The first whole picture in a part: a driver may have put it after half of another one. */
function pictureIn(
  part: Uint8Array<ArrayBuffer>,
  doubts: Doubts | undefined,
): Uint8Array<ArrayBuffer> | undefined {
  for (const found of wholeJpegs(part)) {
    const jpeg = doubts ? doubts.clear(found) : found;
    if (jpeg) return jpeg;
  }
  return undefined;
}

/**
 * The position of the last boundary, or of one that may be truncated. Earlier pictures would be old
 * by now.
 */
function lastBoundary(part: Uint8Array): number {
  const [first = 0] = NEXT_BOUNDARY;
  const mayBegin = Math.max(0, part.length - NEXT_BOUNDARY.length + 1);
  for (let end = mayBegin; end > 0;) {
    const at = part.subarray(0, end).lastIndexOf(first);
    if (at < 0) break;
    if (NEXT_BOUNDARY.every((byte, i) => byte === part[at + i])) return at;
    end = at;
  }
  return mayBegin;
}

function contentLength(header: Uint8Array): number | undefined {
  const [, digits] = new TextDecoder().decode(header).match(/^content-length: *(\d{1,9})\r$/im) ??
    [];
  const length = Number(digits);
  return length > 0 && length <= MAX_PART ? length : undefined;
}
