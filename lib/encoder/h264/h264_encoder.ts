import { knownVersion } from "../../ffmpeg/ffmpeg_version.ts";
import { h264Args, h264Size } from "../../ffmpeg/args/h264_args.ts";
import { findH264Encoder } from "../../ffmpeg/h264_encoders.ts";
import type { Frame } from "../../frame/frame.ts";
import { SourceError } from "../../frame/source_error.ts";
import { Bucket } from "../../time/bucket.ts";
import type { Slots } from "../../time/slots.ts";
import { CHILDREN } from "../children.ts";
import type { EncodedVideo, Encoder, RenditionShape } from "../encoder.ts";
import { EncoderError } from "../../jpeg/encoder_error.ts";
import { H264Process } from "./h264_process.ts";

export interface H264EncoderOptions extends Pick<RenditionShape, "quality" | "width"> {
  /** The camera's quality, 0 to 100; it may change. */
  defaultQuality: () => number;
  /** Frames a second at most; it may change. */
  fps: () => number;
  /** The ffmpeg to run. */
  ffmpeg: string;
  /**
   * The name of its encoder; `auto` for the first usual one that works.
   *
   * @default {"auto"}
   */
  encoder?: string | undefined;
  /**
   * Limits the ffmpegs of one camera.
   *
   * @default {no limit}
   */
  slots?: Slots;
}

/**
 * The maximum number of starts: a camera may deliver each picture in another size, and an encoder
 * may crash on each.
 */
const STARTS = { burst: 5, perSecond: 1 };
const LEFT = "its last viewer has left";
const TOO_OFTEN = "it had to be started too often";

/** The ffmpeg for frames of one size and format, at one quality. */
interface Running {
  key: string;
  process: H264Process;
  /** The run it was started in. */
  signal: AbortSignal;
  /** Frees its slot for others. */
  free: () => void;
}

/**
 * Encodes an H.264 stream of one quality and width, through an ffmpeg of its own. Pictures come in
 * order.
 */
export class H264Encoder implements Encoder {
  readonly #options: H264EncoderOptions;
  readonly #starts = new Bucket(STARTS);
  #running: Running | undefined;
  /** The reason of the last failure. */
  #why: string | undefined;
  /** Frames are put in one after the other. */
  #previous: Promise<unknown> = Promise.resolve();
  /** Aborted at the end of a run; whatever was begun before then starts nothing more. */
  #run = new AbortController();

  constructor(options: H264EncoderOptions) {
    this.#options = options;
  }

  /** Encodes a frame as a picture of the stream. See {@linkcode Encoder.encode}. */
  async encode(frame: Frame): Promise<EncodedVideo> {
    const { signal } = this.#run;
    const entered = this.#previous.then(() => this.#enter(frame, signal));
    this.#previous = entered.catch(() => {});
    try {
      const { picture } = await entered;
      const made = await picture;
      this.#why = undefined;
      return made;
    } catch (cause) {
      if (cause instanceof EncoderError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`Cannot encode H.264: ffmpeg: ${reason}`, { cause });
    }
  }

  /** Ends everything it started; the next frame starts it again. */
  async stop(): Promise<void> {
    const run = this.#run;
    run.abort(new Error(LEFT));
    this.#run = new AbortController();
    await this.#end();
    // An ffmpeg that was still being started.
    await this.#previous;
    if (this.#running?.signal === run.signal) await this.#end();
  }

  async #enter(frame: Frame, signal: AbortSignal): ReturnType<H264Process["encode"]> {
    signal.throwIfAborted();
    const { quality, defaultQuality } = this.#options;
    const wanted = quality ?? defaultQuality();
    const fps = this.#options.fps();
    const key = [frame.width, frame.height, frame.format, wanted, fps].join();
    const isUsable = this.#running?.key === key && this.#running.process.failure === undefined;
    if (!isUsable) {
      this.#why = this.#running?.process.failure?.message ?? this.#why;
      await this.#end();
      this.#running = await this.#start(frame, { key, quality: wanted, fps, signal });
    }
    if (this.#running === undefined) throw new Error(LEFT);
    return await this.#running.process.encode(frame);
  }

  async #start(
    { width, height, format }: Frame,
    { key, quality, fps, signal }: Pick<Running, "key" | "signal"> & {
      quality: number;
      fps: number;
    },
  ): Promise<Running> {
    const { ffmpeg, slots } = this.#options;
    if (this.#starts.waitMs > 0) throw new Error(this.#why ?? TOO_OFTEN);
    this.#starts.take();
    const { encoder, version } = await this.#find();
    using stack = new DisposableStack();
    if (slots) stack.defer(await slots.take(signal));
    stack.defer(await CHILDREN.take(signal));
    signal.throwIfAborted();
    const from = { width, height };
    const to = h264Size(from, this.#options.width);
    const args = h264Args({ encoder, version, quality, fps, format, from, to });
    const process = new H264Process(ffmpeg, args, { format, ...from });
    const taken = stack.move();
    return { key, process, signal, free: () => taken.dispose() };
  }

  async #find(): Promise<{
    encoder: string;
    version: Awaited<ReturnType<typeof knownVersion>>;
  }> {
    const { ffmpeg, encoder = "auto" } = this.#options;
    try {
      const version = await knownVersion(ffmpeg);
      return { version, encoder: await findH264Encoder(ffmpeg, encoder) };
    } catch (cause) {
      if (cause instanceof RangeError) {
        throw new EncoderError(`Cannot encode H.264: ${cause.message}`, {
          cause,
        });
      }
      if (!(cause instanceof SourceError)) throw cause;
      throw new EncoderError(`Cannot encode H.264: it ${cause.message}`, {
        cause,
      });
    }
  }

  async #end(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.process.close(LEFT);
    running?.free();
  }
}
