import { wholeJpeg } from "../jpeg/whole_jpeg.ts";
import type { EncodedPicture } from "../encoder/encoder.ts";
import type { FrameInfo } from "../frame/frame.ts";
import { shownSize } from "../jpeg/shown_size.ts";
import type { BrokerMessage } from "./broker/broker_message.ts";
import { isId } from "./broker/messages.ts";

/** One picture received through NATS. */
export interface RelayedFrame extends FrameInfo {
  /** The number of the picture among that publisher's frames of the camera. */
  readonly sequence: number;
  /** A whole JPEG file. */
  readonly jpeg: Uint8Array<ArrayBuffer>;
}

/** The origin of a picture. */
export interface FrameOrigin {
  /** Its publisher. */
  readonly instance: string;
  /** The encoder that made it. */
  readonly encoder: string;
}

/** A picture's headers, read before the picture itself. */
export interface FrameHeaders {
  /** Its publisher. */
  readonly instance: string;
  /** The number of the picture among that publisher's frames of the camera. */
  readonly sequence: number;
  /** Capture time in seconds since 1970. */
  readonly timestamp: number;
}

const TIMESTAMP = /^\d{1,12}(\.\d{1,9})?$/;
const SEQUENCE = /^\d{1,15}$/;

/** The headers to send with a picture. */
export function frameHeaders(
  { width, height, timestamp, sequence }: Omit<EncodedPicture, "codec" | "data">,
  { instance, encoder }: FrameOrigin,
): Record<string, string> {
  return {
    "Wscam-Instance": instance,
    "Wscam-Sequence": String(sequence),
    "Wscam-Timestamp": timestamp.toFixed(6),
    "Wscam-Width": String(width),
    "Wscam-Height": String(height),
    "Wscam-Encoder": encoder,
  };
}

/** Parses a picture's headers; `undefined` if they are not a picture's. */
export function parseFrameHeaders(message: BrokerMessage): FrameHeaders | undefined {
  const instance = message.header("Wscam-Instance");
  const sequence = message.header("Wscam-Sequence");
  const timestamp = message.header("Wscam-Timestamp");
  if (!isId(instance) || !SEQUENCE.test(sequence) || !TIMESTAMP.test(timestamp)) return undefined;
  return { instance, sequence: Number(sequence), timestamp: Number(timestamp) };
}

/**
 * The picture itself, if it is whole. Its size is taken from the JPEG, whatever the headers say.
 */
export function parseFrame(
  { data }: BrokerMessage,
  { timestamp, sequence }: FrameHeaders,
): RelayedFrame | undefined {
  const jpeg = wholeJpeg(data);
  const size = jpeg && shownSize(jpeg);
  if (!jpeg || !size) return undefined;
  return { jpeg, ...size, timestamp, sequence };
}
