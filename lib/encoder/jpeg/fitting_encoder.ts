import type { Frame } from "../../frame/frame.ts";
import { jpegSize } from "../../jpeg/jpeg_size.ts";
import type { EncodedPicture, Encoder } from "../encoder.ts";
import { EncoderError } from "../../jpeg/encoder_error.ts";
import { encodePixels, type PixelEncoder, USUAL_PIXEL_ENCODER } from "../../jpeg/pixel_encoders.ts";
import { scaleDown } from "./scale.ts";
import { Transcoder } from "./transcoder.ts";

export interface FittingEncoderOptions {
  /** The maximum size of a file, in bytes. */
  maxBytes: number;
  /** The camera's quality, 0 to 100; it may change. */
  defaultQuality: () => number;
  /** The ffmpeg to run. */
  ffmpeg: string;
  /**
   * The encoder of frames that come as pixels; it may change.
   *
   * @default {the usual one}
   */
  pixelEncoder?: () => PixelEncoder;
}

/**
 * Factors on the camera's quality and width, tried in order: first colours lose their resolution,
 * then quality drops.
 */
const STEPS = [
  { quality: 1, width: 1 },
  { quality: 0.75, width: 1 },
  { quality: 0.5, width: 1 },
  { quality: 0.5, width: 0.75 },
  { quality: 0.5, width: 0.5 },
  { quality: 0.5, width: 0.35 },
  { quality: 0.5, width: 0.25 },
  { quality: 0.5, width: 0.12 },
] as const;
type Step = typeof STEPS[number];

const WORST = 5;
/** Quality is raised again after `CALM` consecutive files below this share of the limit. */
const SMALL = 0.4;
const CALM = 100;

/**
 * Makes JPEG files that never exceed a size. Colours have half the resolution (4:2:0), which takes
 * a third off a busy picture, if there is an ffmpeg to do that; imagescript can't. If that isn't
 * enough, pictures lose quality and then width, and regain it when they get simpler.
 */
export class FittingEncoder implements Encoder {
  readonly #options: FittingEncoderOptions;
  #step = 0;
  #calm = 0;
  #hasFfmpeg = true;
  #transcoder: { key: string; is: Transcoder } | undefined;
  #previous: Promise<unknown> = Promise.resolve();
  /** Aborted at the end of a run; whatever was begun before then starts nothing more. */
  #run = new AbortController();

  constructor(options: FittingEncoderOptions) {
    this.#options = options;
  }

  /** Encodes a frame as a JPEG file. See {@linkcode Encoder.encode}. */
  encode(frame: Frame): Promise<EncodedPicture> {
    const { signal } = this.#run;
    const next = this.#previous.then(() => this.#encode(frame, signal));
    this.#previous = next.catch(() => {});
    return next;
  }

  /**
   * Ends everything it started, and waits for encodings that can't be ended; the next frame starts
   * it again.
   */
  async stop(): Promise<void> {
    this.#run.abort(new Error("Cannot encode picture: its last viewer has left"));
    this.#run = new AbortController();
    const running = this.#previous;
    await this.#stopTranscoder();
    await running;
  }

  async #stopTranscoder(): Promise<void> {
    const transcoder = this.#transcoder;
    this.#transcoder = undefined;
    await transcoder?.is.close();
  }

  async #encode(frame: Frame, signal: AbortSignal): Promise<EncodedPicture> {
    const { maxBytes } = this.#options;
    for (let step = this.#better(); step !== undefined; step = this.#worse()) {
      signal.throwIfAborted();
      const data = await this.#make(frame, step, signal);
      if (data.length > maxBytes) continue;
      this.#calm = data.length < SMALL * maxBytes ? this.#calm + 1 : 0;
      const { timestamp, sequence } = frame;
      return { codec: "jpeg", data, ...jpegSize(data) ?? frame, timestamp, sequence };
    }
    throw new Error(`Cannot encode picture: it takes more than ${maxBytes} bytes`);
  }

  #better(): Step | undefined {
    if (this.#calm >= CALM && this.#step > 0) this.#step--;
    if (this.#calm >= CALM) this.#calm = 0;
    return STEPS[this.#step];
  }

  #worse(): Step | undefined {
    this.#calm = 0;
    if (this.#step + 1 >= STEPS.length) return undefined;
    return STEPS[++this.#step];
  }

  async #make(frame: Frame, step: Step, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const quality = Math.max(WORST, Math.round(this.#options.defaultQuality() * step.quality));
    const width = step.width === 1 ? null : Math.max(1, Math.round(frame.width * step.width));
    if (this.#hasFfmpeg || frame.format !== "rgba") {
      try {
        return await (await this.#transcoderFor(quality, width, signal)).transcode(frame);
      } catch (error) {
        if (frame.format !== "rgba" || !(error instanceof EncoderError)) throw error;
        this.#hasFfmpeg = false;
      }
    }
    const encoder = this.#options.pixelEncoder?.() ?? USUAL_PIXEL_ENCODER;
    return await encodePixels(encoder, width === null ? frame : scaleDown(frame, width), quality);
  }

  async #transcoderFor(
    quality: number,
    width: number | null,
    signal: AbortSignal,
  ): Promise<Transcoder> {
    const key = `${quality}/${width}`;
    if (this.#transcoder?.key !== key) {
      await this.#stopTranscoder();
      signal.throwIfAborted();
      const { ffmpeg } = this.#options;
      this.#transcoder = {
        key,
        is: new Transcoder({ ffmpeg, quality, width, isSubsampled: true }),
      };
    }
    return this.#transcoder.is;
  }
}
