import { decodeBase64 } from "@std/encoding/base64";
import { isInitialisation, readFragment } from "../h264/read_fragment.ts";
import { readComment } from "../jpeg/comment.ts";
import { short } from "../log/text.ts";
import { readAnnotation } from "../protocol/annotation.ts";
import type { AnnotationMessage } from "../protocol/message.ts";
import type { CommandLine } from "./commands.ts";
import type { Outage, OutageFollower } from "./outage.ts";
import type { Pinger } from "./pinger.ts";

/** Distinguishes the answers to our question from others. */
export const STATUS_ID = "next try";

/** A picture as it arrived. */
export interface Picture {
  /** Discriminates it from the other events. */
  type: "picture";
  /** A JPEG file. If it arrived as a binary message, its comment segment identifies it. */
  jpeg: Uint8Array<ArrayBuffer>;
  /** Capture time in seconds since 1970, on the server's clock. */
  timestamp: number;
  /** Its number among the camera's pictures; null if the server doesn't number them. */
  sequence: number | null;
  /** Its age on arrival, in milliseconds, corrected for the difference of the clocks. */
  ageMs: number;
  /** The number of pictures dropped before this one because the reader was busy. */
  skipped: number;
}

/** A picture of an H.264 stream as it arrived. */
export interface VideoPicture extends Pick<Picture, "timestamp" | "ageMs" | "skipped"> {
  /** Discriminates it from the other events. */
  type: "fragment";
  /** The picture as a fragment of MP4. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Whether decoding can begin with it. */
  isKey: boolean;
}

/**
 * The beginning of an H.264 stream; another one comes when the pictures need another decoder
 * configuration.
 */
export type VideoStart =
  /** Their MIME type, for `MediaSource.isTypeSupported()`, and their size in pixels. */
  | { type: "video"; mime: string; width: number; height: number }
  /** The initialisation segment of the MP4 file. */
  | { type: "start"; bytes: Uint8Array<ArrayBuffer> };

/** A camera's state, as messages report it. */
export type CameraEvent =
  | Picture
  | VideoPicture
  | VideoStart
  /** The server's words; the connection stays open. */
  | { type: "error"; message: string }
  /** A program's annotation of the pictures, if annotations were asked for. */
  | AnnotationMessage
  /** Details after an error, again after each attempt to open the camera. */
  | { type: "outage" } & Outage;

/** The receivers of messages. */
export interface Listeners {
  /** Called with the number of each picture that has arrived. */
  acknowledge: (sequence: number) => void;
  /** Receives answers to commands. */
  line: CommandLine;
  /** Receives answers to pings. */
  pinger: Pinger;
  /** Called with answers to {@linkcode STATUS_ID}. */
  outage: OutageFollower;
}

/** Reads a server's message; `undefined` if it can't be read. Never throws. */
export function readMessage(data: unknown, listeners: Listeners): CameraEvent | undefined {
  try {
    if (data instanceof ArrayBuffer) return readBytes(new Uint8Array(data), listeners);
    const message: unknown = typeof data === "string" ? JSON.parse(data) : undefined;
    if (typeof message !== "object" || message === null) return undefined;
    return readFields(message as Record<string, unknown>, listeners);
  } catch {
    // It is not for us, or was damaged on the way: the next message may be better.
    return undefined;
  }
}

function readFields(
  fields: Readonly<Record<string, unknown>>,
  listeners: Listeners,
): CameraEvent | undefined {
  const { line, pinger, outage } = listeners;
  const { type, data: base64, timestamp, message: words, id, cameras } = fields;
  if (type === "image" && typeof base64 === "string") {
    return pictureOf(fields, () => decodeBase64(base64), listeners);
  }
  const { mime, width, height } = fields;
  if (type === "video" && typeof mime === "string") {
    return { type, mime, width: Number(width), height: Number(height) };
  }
  if (line.hear(fields)) return undefined;
  if (type === "annotation") return annotationOf(fields);
  if (type === "status") {
    const known = outage.hear(cameras);
    return known && { type: "outage", ...known };
  }
  // An older server doesn't know our question.
  if (type === "error" && id === STATUS_ID) return undefined;
  if (type === "error" && typeof words === "string") {
    return { type: "error", message: short(words) };
  }
  if (type === "pong" && typeof timestamp === "number") pinger.hear(id, timestamp);
  return undefined;
}

function readBytes(
  bytes: Uint8Array<ArrayBuffer>,
  listeners: Listeners,
): CameraEvent | undefined {
  if (isInitialisation(bytes)) return { type: "start", bytes };
  const read = readFragment(bytes);
  if (read === undefined) return readFile(bytes, listeners);
  const { sequence, timestamp, isKey } = read;
  listeners.acknowledge(sequence);
  return { type: "fragment", bytes, timestamp, isKey, ...ageOf(timestamp, listeners) };
}

function annotationOf(
  { type: _, camera, from, ...said }: Readonly<Record<string, unknown>>,
): AnnotationMessage | undefined {
  const annotation = readAnnotation(said);
  if (typeof annotation === "string" || typeof camera !== "string" || typeof from !== "string") {
    return undefined;
  }
  const { timestamp } = annotation;
  return timestamp === undefined
    ? undefined
    : { type: "annotation", camera, from, ...annotation, timestamp };
}

function readFile(jpeg: Uint8Array<ArrayBuffer>, listeners: Listeners): Picture | undefined {
  const label: unknown = JSON.parse(readComment(jpeg) ?? "null");
  if (typeof label !== "object" || label === null) return undefined;
  return pictureOf(label as Record<string, unknown>, () => jpeg, listeners);
}

function pictureOf(
  { timestamp, sequence }: Readonly<Record<string, unknown>>,
  read: () => Uint8Array<ArrayBuffer>,
  listeners: Listeners,
): Picture | undefined {
  if (!isTime(timestamp)) return undefined;
  const jpeg = read();
  const number = typeof sequence === "number" ? sequence : null;
  if (number !== null) listeners.acknowledge(number);
  return { type: "picture", jpeg, timestamp, sequence: number, ...ageOf(timestamp, listeners) };
}

function ageOf(timestamp: number, { pinger }: Listeners): { ageMs: number; skipped: number } {
  return { ageMs: Date.now() + pinger.offsetMs - timestamp * 1000, skipped: 0 };
}

/** Whether a Date can hold it (ECMA-262, 21.4.1.1). */
function isTime(seconds: unknown): seconds is number {
  return typeof seconds === "number" && Math.abs(seconds) <= 8.64e12;
}
