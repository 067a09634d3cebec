import type { Frame } from "../../frame/frame.ts";
import { jpegSize } from "../../jpeg/jpeg_size.ts";
import type { EncodedPicture, Encoder, RenditionShape } from "../encoder.ts";
import { encodePixels, type PixelEncoder, USUAL_PIXEL_ENCODER } from "../../jpeg/pixel_encoders.ts";
import { Scaler } from "./scaler.ts";
import type { Slots } from "../../time/slots.ts";
import { Transcoder } from "./transcoder.ts";

export interface JpegEncoderOptions extends RenditionShape {
  /** The camera's quality, 0 to 100; it may change. */
  defaultQuality: () => number;
  /** The ffmpeg to run for frames that come as JPEG. */
  ffmpeg: string;
  /**
   * The encoder of frames that come as pixels; it may change.
   *
   * @default {the usual one}
   */
  pixelEncoder?: () => PixelEncoder;
  /**
   * Limits the ffmpegs of one camera.
   *
   * @default {no limit}
   */
  slots?: Slots;
}

/** Makes JPEG files of one quality and width from frames of any format. */
export class JpegEncoder implements Encoder {
  readonly #options: JpegEncoderOptions;
  #transcoder: Transcoder | undefined;
  #scaler: Scaler | undefined;
  /** Encodings that have begun: native code may read the frames' memory. */
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: JpegEncoderOptions) {
    this.#options = options;
  }

  /**
   * Encodes a frame as a JPEG file, or returns its own bytes if they are that file. See {@linkcode
   * Encoder.encode}.
   */
  encode(frame: Frame): EncodedPicture | Promise<EncodedPicture> {
    const data = this.#jpeg(frame);
    if (!(data instanceof Promise)) return pictureOf(frame, data);
    const encoding = data.then((jpeg) => pictureOf(frame, jpeg));
    this.#running.add(encoding);
    const done = (): void => void this.#running.delete(encoding);
    encoding.then(done, done);
    return encoding;
  }

  /**
   * Ends everything it started, and waits for encodings that can't be ended; the next frame starts
   * it again.
   */
  async stop(): Promise<void> {
    const transcoder = this.#transcoder;
    this.#transcoder = undefined;
    this.#scaler?.[Symbol.dispose]();
    this.#scaler = undefined;
    await transcoder?.close();
    await Promise.allSettled(this.#running);
  }

  #jpeg(frame: Frame): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> {
    const { quality, width, defaultQuality, ffmpeg, slots, pixelEncoder } = this.#options;
    const smaller = width !== null && width < frame.width ? width : null;
    if (frame.format === "rgba") {
      const wanted = quality ?? defaultQuality();
      const encoder = pixelEncoder?.() ?? USUAL_PIXEL_ENCODER;
      if (smaller === null) return encodePixels(encoder, frame, wanted);
      this.#scaler ??= new Scaler();
      return this.#scaler.scale(frame, smaller)
        .then((bitmap) => encodePixels(encoder, bitmap, wanted));
    }
    if (quality === null && smaller === null) return frame.data;
    this.#transcoder ??= new Transcoder({
      ffmpeg,
      width,
      quality: quality ?? defaultQuality(),
      slots,
    });
    return this.#transcoder.transcode(frame);
  }
}

function pictureOf(frame: Frame, data: Uint8Array<ArrayBuffer>): EncodedPicture {
  const { timestamp, sequence } = frame;
  // The result may be smaller than the frame.
  const { width, height } = data === frame.data ? frame : jpegSize(data) ?? frame;
  return { codec: "jpeg", data, width, height, timestamp, sequence };
}
