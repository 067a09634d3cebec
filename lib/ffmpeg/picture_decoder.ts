import type { EncoderName } from "../frame/capture.ts";
import type { Look } from "./args/output_args.ts";
import type { Frame, FrameInfo, FramePool } from "../frame/frame.ts";
import { SourceError } from "../frame/source_error.ts";
import type { Size } from "../protocol/kind.ts";
import { isDropped } from "./damage.ts";
import { readBordered } from "./output/bordered.ts";
import { pictureArgs } from "./args/ffmpeg_args.ts";
import type { FfmpegVersion } from "./ffmpeg_version.ts";
import { readMpjpeg } from "./output/mpjpeg.ts";
import { takesPixels } from "../jpeg/pixel_encoders.ts";

/** Starting takes a moment; a picture that takes longer than this will never come. */
const LIMIT_MS = 5000;
/** After this many consecutive undecodable pictures, the fault is not a single picture's. */
const MAX_FAILURES = 5;
/** This much of its stderr is kept, so that no useful line is truncated. */
const MAX_SAID = 1024;
const LINE_END = Uint8Array.of(13, 10);

export interface PictureDecoderOptions extends Look {
  /** The ffmpeg to run. */
  ffmpeg: string;
  /** The version of that ffmpeg. */
  version: FfmpegVersion;
  /** The next encoder, which decides whether ffmpeg outputs pixels or its own JPEG. */
  encoder: Exclude<EncoderName, "copy">;
  /** Gives the frames' buffers. */
  pool: FramePool;
  /** The size of the frames, in pixels. @default {that of the pictures} */
  size?: Size;
  /**
   * A picture that takes longer than this is given up, in milliseconds.
   *
   * @default {5000}
   */
  limitMs?: number;
}

/** A JPEG picture that was read elsewhere. */
export interface UndecodedPicture extends FrameInfo {
  /** A whole JPEG file. */
  readonly jpeg: Uint8Array<ArrayBuffer>;
}

interface Running {
  process: Deno.ChildProcess;
  frames: AsyncGenerator<Frame, void>;
  /** Resolves when all of its output is read. */
  heard: Promise<void>;
  input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  /** The size of the pictures that go in, in pixels. */
  width: number;
  height: number;
}

/** Decodes JPEG pictures to frames, one after the other, through an ffmpeg of its own. */
export class PictureDecoder implements AsyncDisposable {
  readonly #options: PictureDecoderOptions;
  #running: Running | undefined;
  /** The ends of ffmpegs that were told to end. */
  #ended: Promise<unknown> = Promise.resolve();
  #timestamp = 0;
  #failures = 0;

  constructor(options: PictureDecoderOptions) {
    this.#options = options;
  }

  /**
   * Decodes a picture to a frame with the same capture time; `undefined` if it can't be decoded.
   *
   * @throws {SourceError} when pictures repeatedly can't be decoded
   */
  async decode(picture: UndecodedPicture): Promise<Frame | undefined> {
    const { width, height } = picture;
    this.#timestamp = picture.timestamp;
    // ffmpeg would scale pictures of another size to the first one's.
    if (this.#running?.width !== width || this.#running.height !== height) await this.close();
    const running = this.#running ??= this.#start({ width, height });
    const { limitMs = LIMIT_MS } = this.#options;
    const timer = setTimeout(() => kill(running.process), limitMs);
    const [{ value }] = await Promise.all([
      running.frames.next().catch(() => ({ value: undefined })),
      write(running.input, picture.jpeg).catch(() => {}),
    ]);
    clearTimeout(timer);
    if (value) {
      this.#failures = 0;
      return value;
    }
    await this.close();
    if (++this.#failures < MAX_FAILURES) return undefined;
    throw new SourceError("broken", "gives JPEG that ffmpeg can't decode");
  }

  /** Ends its ffmpeg, and waits until it has ended, whoever told it to. */
  async close(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    if (running) this.#ended = Promise.all([this.#ended, end(running)]);
    await this.#ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #start(size: { width: number; height: number }): Running {
    const { ffmpeg, encoder, pool } = this.#options;
    // It ends with its input, and so with wscam, however wscam ends.
    const process = new Deno.Command(ffmpeg, {
      args: pictureArgs(this.#options),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const read = takesPixels(encoder) ? readBordered : readMpjpeg;
    const stamp = () => Promise.resolve(this.#timestamp);
    const frames = read(process.stdout, { pool, stamp });
    const heard = endAtDropped(process);
    return { process, frames, heard, input: process.stdin.getWriter(), ...size };
  }
}

/** From 7 on, ffmpeg reports a dropped picture, and then waits for the next one before it exits. */
async function endAtDropped(process: Deno.ChildProcess): Promise<void> {
  const decoder = new TextDecoder();
  let said = "";
  for await (const chunk of process.stderr) {
    said = (said + decoder.decode(chunk, { stream: true })).slice(-MAX_SAID);
    if (isDropped(said)) kill(process);
  }
}

async function end({ process, input, frames, heard }: Running): Promise<void> {
  kill(process);
  await process.status;
  await input.abort().catch(() => {});
  await Promise.all([frames.return(), heard]);
}

/** ffmpeg holds back no frame that would have to be reordered. */
function kill(process: Deno.ChildProcess): void {
  try {
    process.kill("SIGKILL");
  } catch {
    // It has ended already.
  }
}

async function write(
  input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>,
  jpeg: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const head = `--ffmpeg\r\nContent-type: image/jpeg\r\nContent-length: ${jpeg.length}\r\n\r\n`;
  await Promise.all([
    input.write(new TextEncoder().encode(head)),
    input.write(jpeg),
    input.write(LINE_END),
  ]);
}
