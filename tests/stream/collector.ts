import type { CameraFailure } from "../../lib/camera/camera_status.ts";
import type { EncodedPicture, Encoder } from "../../lib/encoder/encoder.ts";
import type { Picture } from "../../lib/stream/picture.ts";
import type { Recipient } from "../../lib/stream/recipient.ts";
import type { Stream } from "../../lib/stream/stream.ts";

/** Writes down what a stream sends. */
export class Collector implements Recipient {
  readonly pictures: EncodedPicture[] = [];
  readonly failures: string[] = [];
  fps: number | null;
  readonly #stream: Stream;

  /** Wants pictures from now on. */
  constructor(stream: Stream, fps: number | null = null) {
    this.#stream = stream;
    this.fps = fps;
    stream.add(this);
  }

  /** The numbers of the pictures that came. */
  get sequences(): number[] {
    return this.pictures.map(({ sequence }) => sequence);
  }

  offer({ encoded }: Picture): boolean {
    this.pictures.push(encoded);
    return true;
  }

  fail(_camera: string, { reason }: CameraFailure): void {
    this.failures.push(reason);
  }

  /** Wants none any more. */
  stop(): void {
    this.#stream.remove(this);
  }
}

/** An encoder of JPEG that does what a function says. */
export function encoderOf(
  encode: (
    frame: { sequence: number; data: Uint8Array<ArrayBuffer> },
  ) => Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>,
): Encoder {
  return {
    encode: async (frame) => {
      const data = await encode(frame);
      const { width, height, timestamp, sequence } = frame;
      return { codec: "jpeg", data, width, height, timestamp, sequence };
    },
    stop: () => Promise.resolve(),
  };
}
