import { withComment } from "../jpeg/comment.ts";
import type { EncodedPicture } from "../encoder/encoder.ts";
import { imageText, numberedText } from "../protocol/message.ts";
import type { ViewerSettings } from "../protocol/viewer_settings.ts";

/**
 * How a picture is sent: as a text, as a text with its number, as a JPEG file with a comment that
 * describes it, as one part of a `multipart/x-mixed-replace` stream, as the plain JPEG file; or,
 * for H.264, as a fragment of MP4.
 */
export type PictureForm = "text" | "numbered" | "file" | "part" | "jpeg" | "fragment";

/** The form in which a viewer over a WebSocket wants pictures. */
export function formOf({ format, ack }: Pick<ViewerSettings, "format" | "ack">): PictureForm {
  if (format === "h264") return "fragment";
  if (format === "binary") return "file";
  return ack ? "numbered" : "text";
}

/** The bytes between the parts of a stream, and before the first. */
export const BOUNDARY = "--wscam\r\n";

/** One picture, in the forms that viewers get. Each form is made once, on demand. */
export class Picture {
  /** The encoder's picture. */
  readonly encoded: EncodedPicture;
  readonly #camera: string;
  readonly #cameAt = performance.now();
  #text: string | undefined;
  #numbered: string | undefined;
  #file: Uint8Array<ArrayBuffer> | undefined;
  #part: Uint8Array<ArrayBuffer> | undefined;

  constructor(encoded: EncodedPicture, camera: string) {
    this.encoded = encoded;
    this.#camera = camera;
  }

  /** Capture time in seconds since 1970. */
  get timestamp(): number {
    return this.encoded.timestamp;
  }

  /**
   * Its age in seconds, at least the time since its arrival: a clock may have been set, or be
   * another machine's.
   */
  get age(): number {
    return Math.max(this.ageHere, Date.now() / 1000 - this.timestamp);
  }

  /** The time since its arrival here, in seconds. */
  get ageHere(): number {
    return (performance.now() - this.#cameAt) / 1000;
  }

  /** Counts the camera's frames, from 1. */
  get sequence(): number {
    return this.encoded.sequence;
  }

  /** In pixels. */
  get size(): { width: number; height: number } {
    return { width: this.encoded.width, height: this.encoded.height };
  }

  /** The picture in one of its forms. The bytes must not be modified. */
  as(form: PictureForm): string | Uint8Array<ArrayBuffer> {
    switch (form) {
      case "text":
        return this.#asText();
      case "numbered":
        return this.#numbered ??= numberedText(this.#asText(), this.sequence);
      case "file":
        return this.#file ??= withComment(this.encoded.data, this.#label());
      case "part":
        return this.#part ??= this.#asPart();
      case "jpeg":
      case "fragment":
        return this.encoded.data;
    }
  }

  #asText(): string {
    return this.#text ??= imageText(this.encoded.data, this.timestamp);
  }

  #asPart(): Uint8Array<ArrayBuffer> {
    return partOf(this.encoded.data, { "X-Timestamp": this.timestamp.toFixed(3) });
  }

  #label(): string {
    const { sequence, timestamp } = this;
    return JSON.stringify({
      camera: this.#camera,
      sequence,
      timestamp: Number(timestamp.toFixed(3)),
    });
  }
}

/** One part of a stream, followed by the next part's boundary, at which browsers show the part. */
export function partOf(
  jpeg: Uint8Array<ArrayBuffer>,
  fields: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  const encoder = new TextEncoder();
  const head = encoder.encode(
    `Content-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n${lines.join("")}\r\n`,
  );
  const tail = encoder.encode(`\r\n${BOUNDARY}`);
  const part = new Uint8Array(head.length + jpeg.length + tail.length);
  part.set(head);
  part.set(jpeg, head.length);
  part.set(tail, head.length + jpeg.length);
  return part;
}
