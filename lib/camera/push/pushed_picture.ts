import { decodeBase64 } from "@std/encoding/base64";
import { readComment } from "../../jpeg/comment.ts";
import { jpegSize } from "../../jpeg/jpeg_size.ts";
import { isLaborious, isShown, MAX_SIDE } from "../../jpeg/shown_size.ts";
import { wholeJpeg } from "../../jpeg/whole_jpeg.ts";
import { quote } from "../../protocol/quote.ts";
import type { FedPicture } from "../jpeg_frames.ts";

/** The size of the largest accepted picture, in bytes: one of 8K at the best quality. */
export const MAX_PUSHED_BYTES: number = 16 * 1024 * 1024;
/** The same as base64 text, with the message around it. */
export const MAX_PUSHED_TEXT: number = Math.ceil(MAX_PUSHED_BYTES / 3) * 4 + 1024;

/**
 * Even pure noise takes no more bytes a pixel, and the rest of a file (its profile, its thumbnail)
 * no more than this.
 */
const MOST_BYTES = { ofPixel: 6, besides: 1024 * 1024 };

/**
 * A picture's time is trusted unless it is older than this, in seconds: then the program's clock is
 * wrong.
 */
const OLDEST_S = 60;
/** Clocks synchronized over the network agree to within this, in seconds. */
const AHEAD_S = 1;

/** A picture in a program's message, with its time, if it has one. */
export interface PushedFile {
  /** Bytes that should be a JPEG file. */
  readonly file: Uint8Array<ArrayBuffer>;
  /** Its capture time in seconds since 1970, according to the program. */
  readonly timestamp: number | undefined;
}

/**
 * The picture in an `image` message; or what is wrong with it, in words that follow "Cannot take
 * picture: ".
 */
export function pushedText(fields: Readonly<Record<string, unknown>>): PushedFile | string {
  const { data, timestamp } = fields;
  if (typeof data !== "string") {
    return `field 'data' must be a JPEG file in base64, got ${quote(data)}`;
  }
  if (timestamp !== undefined && typeof timestamp !== "number") {
    return `field 'timestamp' must be in seconds since 1970, got ${quote(timestamp)}`;
  }
  try {
    return { file: decodeBase64(data), timestamp };
  } catch {
    return `field 'data' must be a JPEG file in base64, got ${quote(data)}`;
  }
}

/** The picture in a binary message, with the time in its comment, as viewers get it. */
export function pushedFile(data: ArrayBuffer): PushedFile {
  const file = new Uint8Array(data);
  return { file, timestamp: timeIn(readComment(file)) };
}

/**
 * Checks that a picture is a whole JPEG file of an acceptable size. The header is enough to refuse
 * a file that would take gigabytes to decode.
 *
 * @param now in seconds since 1970
 * @returns the picture, or what is wrong with it
 */
export function checkPushed({ file, timestamp }: PushedFile, now: number): FedPicture | string {
  if (file.length > MAX_PUSHED_BYTES) {
    return `it must be at most ${MAX_PUSHED_BYTES} bytes, got ${file.length}`;
  }
  const jpeg = wholeJpeg(file, { mustEnd: true });
  if (jpeg === undefined) return "it must be a whole JPEG file, from SOI to EOI";
  const size = jpegSize(jpeg);
  if (size === undefined || !isShown(size)) {
    const got = size === undefined ? "none" : `${size.width}x${size.height}`;
    return `its size must be at most that of two 8K pictures, with sides of at most ${MAX_SIDE}, got ${got}`;
  }
  const { width, height } = size;
  const most = MOST_BYTES.besides + MOST_BYTES.ofPixel * width * height;
  if (jpeg.length > most) return `a picture of ${width}x${height} must be at most ${most} bytes`;
  if (isLaborious(jpeg, size)) return "it has too many scans";
  const isRight = timestamp !== undefined && timestamp >= now - OLDEST_S &&
    timestamp <= now + AHEAD_S;
  return { jpeg, ...size, timestamp: isRight ? timestamp : now };
}

function timeIn(comment: string | undefined): number | undefined {
  try {
    const label: unknown = JSON.parse(comment ?? "null");
    if (typeof label !== "object" || label === null || !("timestamp" in label)) return undefined;
    return typeof label.timestamp === "number" ? label.timestamp : undefined;
  } catch {
    return undefined;
  }
}
