import type { Frame } from "../frame/frame.ts";
import { encodeJpeg } from "./jpeg.ts";
import { scaleDown } from "./scale.ts";
import { Transcoder } from "./transcoder.ts";

/** What a rendition is like. */
export interface RenditionShape {
  /** JPEG quality, 0 to 100; `null` for the camera's. */
  quality: number | null;
  /** In pixels; `null` for the camera's, which it never exceeds. */
  width: number | null;
}

/** Options of {@linkcode RenditionEncoder}. */
export interface RenditionEncoderOptions extends RenditionShape {
  /** JPEG quality, 0 to 100, where none is asked for; it may change. */
  defaultQuality: () => number;
  /** Which ffmpeg, for pictures that come as JPEG. */
  ffmpeg: string;
}

/** Encodes a camera's frames at one quality and width, whatever they come as. */
export class RenditionEncoder {
  readonly #options: RenditionEncoderOptions;
  #transcoder: Transcoder | undefined;

  /** Starts nothing yet. */
  constructor(options: RenditionEncoderOptions) {
    this.#options = options;
  }

  /** A frame as JPEG; its own data, where that will do. */
  encode(frame: Frame): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> {
    const { quality, width, defaultQuality, ffmpeg } = this.#options;
    const smaller = width !== null && width < frame.width ? width : null;
    if (frame.format === "rgba") {
      const bitmap = smaller === null ? frame : scaleDown(frame, smaller);
      return encodeJpeg(bitmap, quality ?? defaultQuality());
    }
    if (quality === null && smaller === null) return frame.data;
    this.#transcoder ??= new Transcoder({
      ...{ ffmpeg, width, quality: quality ?? defaultQuality() },
    });
    return this.#transcoder.transcode(frame);
  }

  /** Ends what was started; it starts again with the next frame. */
  async stop(): Promise<void> {
    const transcoder = this.#transcoder;
    this.#transcoder = undefined;
    await transcoder?.close();
  }
}
