import type { Encoder, RenditionShape } from "../encoder/encoder.ts";
import { H264Encoder } from "../encoder/h264/h264_encoder.ts";
import { FittingEncoder } from "../encoder/jpeg/fitting_encoder.ts";
import { JpegEncoder } from "../encoder/jpeg/jpeg_encoder.ts";
import type { PixelEncoder } from "../jpeg/pixel_encoders.ts";
import { MAX_TEXT_LENGTH } from "../protocol/message.ts";
import { Slots } from "../time/slots.ts";

/** The facts about a camera that its encoders depend on; they may change. */
export interface EncodedCamera {
  /** JPEG quality, 0 to 100, of frames that come as pixels. */
  quality: () => number;
  /** The camera's rate, in frames a second. */
  fps: () => number;
  /** The encoder of frames that come as pixels. */
  pixelEncoder: () => PixelEncoder;
}

export interface EncodersOptions extends EncodedCamera {
  /** The ffmpeg that makes other renditions of frames that come as JPEG. */
  ffmpeg: string;
  /**
   * The ffmpeg encoder that makes H.264.
   *
   * @default {"auto"}
   */
  h264Encoder?: string | undefined;
}

/** The maximum number of a camera's renditions. */
export const MAX_RENDITIONS = 8;
/** As base64 with the message around it, this is less than 1 MiB. */
const MAX_FITTING_BYTES = (MAX_TEXT_LENGTH - 200) / 4 * 3;

/** The encoders of one camera's renditions. */
export class Encoders {
  readonly #options: EncodersOptions;
  /** Limits the ffmpegs, including those that are ending. */
  readonly #slots = new Slots(MAX_RENDITIONS);

  constructor(options: EncodersOptions) {
    this.#options = options;
  }

  /** The camera's current quality, 0 to 100. */
  get quality(): number {
    return this.#options.quality();
  }

  /** The encoder of a rendition. */
  of({ codec, quality, width, maxFps }: RenditionShape): Encoder {
    const { ffmpeg, h264Encoder, quality: defaultQuality, fps, pixelEncoder } = this.#options;
    const options = { quality, width, defaultQuality, ffmpeg, slots: this.#slots };
    return codec === "h264"
      ? new H264Encoder({ ...options, encoder: h264Encoder, fps: () => maxFps ?? fps() })
      : new JpegEncoder({ ...options, pixelEncoder });
  }

  /** The encoder for viewers that can't take large pictures. */
  fitting(): Encoder {
    const { ffmpeg, quality: defaultQuality, pixelEncoder } = this.#options;
    const maxBytes = MAX_FITTING_BYTES;
    return new FittingEncoder({ maxBytes, defaultQuality, ffmpeg, pixelEncoder });
  }
}
