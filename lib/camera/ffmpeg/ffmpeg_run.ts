import type { Capture } from "../../frame/capture.ts";
import type { CodedPicture } from "../../frame/coded_picture.ts";
import type { Frame } from "../../frame/frame.ts";
import { SourceError } from "../../frame/source_error.ts";
import { ffmpegArgs, passArgs, unitArgs } from "../../ffmpeg/args/ffmpeg_args.ts";
import { Child, HUNG_GRACE_MS } from "../../ffmpeg/child.ts";
import { isDropped } from "../../ffmpeg/damage.ts";
import { cameraOs, type FfmpegInput } from "../../ffmpeg/input.ts";
import type { Plan } from "../../ffmpeg/mode/plan.ts";
import { readBordered } from "../../ffmpeg/output/bordered.ts";
import { readMpjpeg } from "../../ffmpeg/output/mpjpeg.ts";
import { SizeChange } from "../../ffmpeg/output/own_size.ts";
import { Doubts } from "../../jpeg/doubts.ts";
import type { Fault } from "../../jpeg/whole_jpeg.ts";
import { FROZEN, type Reading } from "../source.ts";
import { checkedFrames } from "./checked_frames.ts";
import { passVideo } from "./video/pass_video.ts";
import { isCheckable } from "./known.ts";
import type { Way } from "./planner.ts";
import type { Opening, Reopening } from "./reopening.ts";
import type { StreamTraits } from "./stream_traits.ts";
import { Trial } from "./trial.ts";
import { takesPixels } from "../../jpeg/pixel_encoders.ts";

export interface FfmpegRunOptions extends Readonly<Way> {
  /** The reading that its frames are for. */
  reading: Reading;
  /** The ffmpeg to run. */
  ffmpeg: string;
  /** How the input is captured. */
  capture: Capture;
  /** How a stream has to be opened. */
  traits: StreamTraits;
  /** Reopens a stream when that is the quicker way to its newest picture. */
  reopening: Reopening;
  /** Called with the first frame that isn't from a passed-on picture; returns whether to go on. */
  onFirst: (frame: Frame) => boolean;
  /** Called for each picture that is passed on; returns the plan for its frames, if it is new. */
  onPassed: (picture: CodedPicture) => Plan | undefined;
}

/** One run of an ffmpeg that reads an input. */
export class FfmpegRun implements AsyncDisposable {
  /** When it began, in milliseconds on a monotonic clock. */
  readonly began: number = performance.now();
  readonly #options: FfmpegRunOptions;
  /** Whether JPEG is checked before it is decoded. */
  readonly #isChecked: boolean;
  readonly #trial: Trial;
  readonly #size = new SizeChange(() => this.#child.close(0));
  readonly #stream: Opening | undefined;
  readonly #child: Child;
  #count = 0;

  /** Starts it. */
  constructor(input: FfmpegInput, options: FfmpegRunOptions) {
    this.#options = options;
    const { reading, ffmpeg, known, capture, plan, mayChange, traits } = options;
    const { version } = known;
    const { isTransport, isUntimed } = traits;
    const isChecked = isCheckable(known, plan);
    this.#isChecked = isChecked;
    const isOwn = plan.encoder === "copy";
    const mayEnd = mayChange && (isChecked || isOwn && capture.encoder === "auto");
    this.#trial = new Trial({ signal: reading.signal, mayEnd });
    if (input.kind === "url") {
      const end = (): void => void this.#child.close(0);
      this.#stream = options.reopening.begin(input.via === undefined ? end : undefined);
    }
    const asked = { ...capture, ...plan, os: cameraOs(), version, isTransport };
    const args = this.#isPassing
      ? passArgs(input, { ...asked, isUntimed })
      : ffmpegArgs(input, isChecked ? { ...asked, encoder: "copy" } : asked);
    this.#child = new Child(ffmpeg, args, { onLine: (line) => this.#takeLine(line) });
  }

  /** The number of frames that have come, and of pictures that were passed on. */
  get count(): number {
    return this.#count;
  }

  /** Whether it was ended because not a single picture was whole. */
  get isDamaged(): boolean {
    return this.#trial.hasFailed && !this.#options.reading.signal.aborted;
  }

  /** Whether it was ended because its pictures changed their size. */
  get hasChangedSize(): boolean {
    return this.#size.hasChanged;
  }

  /** Whether it was ended to reopen the stream. */
  get isHopeless(): boolean {
    return this.#stream?.isHopeless ?? false;
  }

  /** ffmpeg's status and last words, once it has ended. */
  async ending(): Promise<{ status: number; lastWords: readonly string[] }> {
    return { status: await this.#child.exited, lastWords: this.#child.lastWords };
  }

  /**
   * Whether a file has been played to its end: ffmpeg 7 then says that seeking is not permitted.
   */
  async isAtEnd(): Promise<boolean> {
    const { status, lastWords } = await this.ending();
    return status === 0 || lastWords.at(-1)?.includes("Operation not permitted") === true;
  }

  /** Frames as they come, until it ends or is ended. */
  async *frames(): AsyncGenerator<Frame, void> {
    if (this.#isPassing) return yield* this.#passedFrames();
    try {
      for await (const frame of this.#read()) {
        if (!this.#accepts(frame)) return frame.release();
        yield frame;
      }
    } catch (cause) {
      // Output that is not pictures doesn't come from an ffmpeg.
      if (!(cause instanceof TypeError)) throw cause;
      throw new SourceError("broken", `gives no pictures: ${cause.message}`, { cause });
    }
  }

  /** Ends it; an ffmpeg that hangs gets no time to end by itself. */
  async close(): Promise<void> {
    const { reason } = this.#options.reading.signal;
    await this.#child.close(reason === FROZEN ? HUNG_GRACE_MS : undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
  }

  get #isPassing(): boolean {
    const { plan, reading } = this.#options;
    return plan.video === "passed" && reading.video !== undefined;
  }

  /** Whether to go on with this frame. */
  #accepts(frame: Frame): boolean {
    // It may have been scaled to the size of the frames before.
    if (this.#size.hasChanged) return false;
    this.#trial.passes();
    this.#take();
    return this.#count > 1 || this.#options.onFirst(frame);
  }

  #take(): void {
    if (this.#count++ === 0) this.#stream?.opened();
  }

  /** Whether a line of ffmpeg's output was meant for wscam rather than for the log. */
  #takeLine(line: string): boolean {
    if (isDropped(line)) this.#break();
    return this.#size.take(line) || (this.#stream?.times.take(line) ?? false);
  }

  #break(fault?: Fault): void {
    this.#options.reading.onBroken?.();
    this.#trial.breaks(fault);
  }

  #read(): AsyncIterable<Frame> {
    const { plan, reading: { pool }, capture, ffmpeg, known: { version } } = this.#options;
    const { encoder } = plan;
    const { signal } = this.#trial;
    const times = this.#stream?.times;
    const options = {
      pool,
      signal,
      onBroken: (fault: Fault) => this.#break(fault),
      ...(encoder === "copy" ? { doubts: new Doubts() } : {}),
      stamp: times && ((arrived: number) => times.stamp(arrived)),
    };
    if (encoder !== "copy" && this.#isChecked) {
      const decoding = { ...capture, ffmpeg, version, encoder, ...options };
      return checkedFrames(this.#child.stdout, decoding);
    }
    const read = takesPixels(encoder) ? readBordered : readMpjpeg;
    return read(this.#child.stdout, options);
  }

  async *#passedFrames(): AsyncGenerator<Frame, void> {
    const { plan, reading, capture, ffmpeg, known: { version }, onPassed } = this.#options;
    const { pool, video } = reading;
    if (video === undefined) return;
    let { encoder } = plan;
    const onPicture = (picture: CodedPicture): void => {
      this.#take();
      encoder = onPassed(picture)?.encoder ?? encoder;
      video.onPicture(picture);
    };
    yield* passVideo(this.#child.stdout, {
      ffmpeg,
      how: (old) => ({
        args: unitArgs({ ...capture, encoder, version, old }),
        isRaw: takesPixels(encoder),
      }),
      pool,
      signal: this.#trial.signal,
      video: { ...video, onPicture },
    });
  }
}
