import { USUAL_PIXEL_ENCODER } from "../../../jpeg/pixel_encoders.ts";
import { knownVersion } from "../../../ffmpeg/ffmpeg_version.ts";
import { PictureDecoder } from "../../../ffmpeg/picture_decoder.ts";
import { FramePool } from "../../../frame/frame.ts";
import { failureOf } from "../../../frame/source_error.ts";
import type { CheckedJpeg } from "../../../jpeg/check_jpeg.ts";
import type { Size } from "../../../protocol/kind.ts";

/** A picture to draw: RGBA, 8 bits each, row by row. */
export interface Pixels extends Size {
  /** `width * height * 4` bytes. */
  data: Uint8Array<ArrayBuffer>;
}

/** Decodes pictures to the size at which they are drawn, through an ffmpeg of its own. */
export class Decoder implements AsyncDisposable {
  readonly #ffmpeg: string;
  readonly #pool = new FramePool();
  #running: { size: Size; decoder: PictureDecoder } | undefined;

  /** Starts nothing yet. */
  constructor(ffmpeg: string) {
    this.#ffmpeg = ffmpeg;
  }

  /**
   * Decodes a picture and draws it.
   *
   * @param draw takes the pixels, which are overwritten afterwards
   * @throws {Error} when it can't be decoded, or there is no ffmpeg, with what to do
   */
  async decode<T>(
    { jpeg, width, height }: CheckedJpeg,
    size: Size,
    draw: (pixels: Pixels) => T,
  ): Promise<Awaited<T>> {
    const decoder = await this.#decoderTo(size);
    const frame = await decoder.decode({ jpeg, width, height, timestamp: 0 });
    if (frame === undefined) throw new Error("Cannot decode picture: it is damaged");
    try {
      return await draw(frame);
    } finally {
      frame.release();
    }
  }

  /** Ends its ffmpeg. */
  async close(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.decoder.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #decoderTo(size: Size): Promise<PictureDecoder> {
    const before = this.#running;
    if (before?.size.width === size.width && before.size.height === size.height) {
      return before.decoder;
    }
    await this.close();
    const ffmpeg = this.#ffmpeg;
    const version = await knownVersion(ffmpeg).catch((cause) => {
      throw new Error(`Cannot show pictures: it ${failureOf(cause).reason}`, { cause });
    });
    const decoder = new PictureDecoder({
      ffmpeg,
      version,
      encoder: USUAL_PIXEL_ENCODER,
      pool: this.#pool,
      size,
    });
    this.#running = { size, decoder };
    return decoder;
  }
}
