import { encodeBase64 } from "@std/encoding/base64";
import type { CommandId } from "./command.ts";

/** One encoded picture, as a server sends it. */
export interface ImageMessage {
  /** Tells it from other messages. */
  type: "image";
  /** A JPEG file in base64. */
  data: string;
  /** Capture time in seconds since 1970. */
  timestamp: number;
}

/** Something changed for the worse; the connection stays open. */
export interface ErrorMessage {
  /** Tells it from other messages. */
  type: "error";
  /** What happened, in words. */
  message: string;
  /** The command's `id`, where a command was wrong and had one. */
  id?: CommandId;
}

/** The answer to a `ping` command. */
export interface PongMessage {
  /** Tells it from other messages. */
  type: "pong";
  /** The command's `id`, where it had one. */
  id?: CommandId;
  /** The server's clock in seconds since 1970. */
  timestamp: number;
}

/**
 * The text of an `image` message. Built by hand, since `JSON.stringify` would look at every character
 * of a picture again; base64 needs no escapes.
 *
 * @param jpeg a whole JPEG file
 * @param timestamp capture time in seconds since 1970
 */
export function imageText(jpeg: Uint8Array, timestamp: number): string {
  return `{"type": "image", "data": "${encodeBase64(jpeg)}", "timestamp": ${timestamp.toFixed(3)}}`;
}

/** The text of an `error` message. */
export function errorText(message: string, id?: CommandId): string {
  return JSON.stringify({ type: "error", message, ...idOf(id) } satisfies ErrorMessage);
}

/** The text of the answer to a `ping`. */
export function pongText(timestamp: number, id?: CommandId): string {
  return JSON.stringify({ type: "pong", ...idOf(id), timestamp } satisfies PongMessage);
}

/**
 * The text of the answer to a `status`.
 *
 * @param state as `GET /state` tells it
 */
export function statusText(state: object, id?: CommandId): string {
  return JSON.stringify({ type: "status", ...idOf(id), ...state });
}

function idOf(id: CommandId | undefined): { id?: CommandId } {
  return id === undefined ? {} : { id };
}
