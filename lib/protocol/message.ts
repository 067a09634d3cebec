import { encodeBase64 } from "@std/encoding/base64";
import type { Annotation } from "./annotation.ts";
import type { CommandId } from "./command.ts";
import type { ViewerSettings } from "./viewer_settings.ts";

/**
 * Client libraries of the Python service stop at longer texts: a viewer that has asked for nothing
 * gets none.
 */
export const MAX_TEXT_LENGTH: number = 1024 * 1024;

/** One encoded picture, as a server sends it. */
export interface ImageMessage {
  /** Discriminates it from other messages. */
  type: "image";
  /** A JPEG file in base64. */
  data: string;
  /** Capture time in seconds since 1970. */
  timestamp: number;
  /** The picture's number, for viewers that acknowledge. */
  sequence?: number;
}

/** H.264 follows: an initialisation segment, then a fragment of MP4 for each picture. */
export interface VideoMessage {
  /** Discriminates it from other messages. */
  type: "video";
  /** As browsers expect it: `video/mp4; codecs="avc1.42C01F"`. */
  mime: string;
  /** The width of the pictures, in pixels. */
  width: number;
  /** The height of the pictures, in pixels. */
  height: number;
}

/** Something changed for the worse; the connection stays open. */
export interface ErrorMessage {
  /** Discriminates it from other messages. */
  type: "error";
  /** The event, in words. */
  message: string;
  /** The `id` of the rejected command, if it had one. */
  id?: CommandId;
  /** Why a camera can't do what a command asks, for programs: a code from docs/protocol.md. */
  code?: string;
}

/** The fields of an `error` message that refer to the command it answers. */
export type ErrorDetails = { [Key in "id" | "code"]?: ErrorMessage[Key] | undefined };

/** The answer to a `ping` command. */
export interface PongMessage {
  /** Discriminates it from other messages. */
  type: "pong";
  /** The command's `id`, if it had one. */
  id?: CommandId;
  /** The server's clock in seconds since 1970. */
  timestamp: number;
}

/**
 * The text of an `image` message. Built by hand, since `JSON.stringify` would examine every
 * character of a picture again; base64 needs no escapes.
 *
 * @param jpeg a whole JPEG file
 * @param timestamp capture time in seconds since 1970
 */
export function imageText(jpeg: Uint8Array, timestamp: number): string {
  return `{"type": "image", "data": "${encodeBase64(jpeg)}", "timestamp": ${timestamp.toFixed(3)}}`;
}

/** The same for a viewer that acknowledges: with the picture's number. */
export function numberedText(text: string, sequence: number): string {
  return `${text.slice(0, -1)}, "sequence": ${sequence}}`;
}

/** The text of a `video` message. */
export function videoText(
  { codec, width, height }: { codec: string; width: number; height: number },
): string {
  const mime = `video/mp4; codecs="${codec}"`;
  return JSON.stringify({ type: "video", mime, width, height } satisfies VideoMessage);
}

/** The text that tells a pushing program how many of its pictures have been dealt with. */
export function ackText(sequence: number): string {
  return `{"type": "ack", "sequence": ${sequence}}`;
}

/**
 * The text of an `error` message, with the same spaces as an image's: some clients look for those.
 */
export function errorText(message: string, { id, code }: ErrorDetails = {}): string {
  const own = id === undefined ? "" : `, "id": ${JSON.stringify(id)}`;
  const why = code === undefined ? "" : `, "code": ${JSON.stringify(code)}`;
  return `{"type": "error", "message": ${JSON.stringify(message)}${own}${why}}`;
}

/** The text of the answer to a `ping`. */
export function pongText(timestamp: number, id?: CommandId): string {
  return JSON.stringify({ type: "pong", ...idOf(id), timestamp } satisfies PongMessage);
}

/**
 * The text of the answer to a `status`.
 *
 * @param state as in `GET /state`
 */
export function statusText(state: object, id?: CommandId): string {
  return JSON.stringify({ type: "status", ...idOf(id), ...state });
}

/** The text of the answer to a `configure`, with the settings in force. */
export function configuredText(settings: ViewerSettings, id?: CommandId): string {
  return JSON.stringify({ type: "configured", ...idOf(id), ...settings });
}

/**
 * The text of the answer to a `control`.
 *
 * @param controlled the current values, and what can be set
 */
export function controlledText(camera: string, controlled: object, id?: CommandId): string {
  return JSON.stringify({ type: "controlled", ...idOf(id), camera, ...controlled });
}

/** A program's annotation of a picture, for viewers that ask for annotations. */
export interface AnnotationMessage extends Annotation {
  /** Discriminates it from other messages. */
  type: "annotation";
  /** Of which camera. */
  camera: string;
  /** The program; its earlier annotation no longer counts. */
  from: string;
}

/** The text of an `annotation` message. */
export function annotationText(annotation: Omit<AnnotationMessage, "type">): string {
  return JSON.stringify({ type: "annotation", ...annotation } satisfies AnnotationMessage);
}

/** The text of the answer to a `pause`, a `resume` or an `annotate`. */
export function doneText(type: "paused" | "resumed" | "annotated", id?: CommandId): string {
  return JSON.stringify({ type, ...idOf(id) });
}

function idOf(id: CommandId | undefined): { id?: CommandId } {
  return id === undefined ? {} : { id };
}
