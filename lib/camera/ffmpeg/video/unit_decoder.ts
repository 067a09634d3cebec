import { readBordered } from "../../../ffmpeg/output/bordered.ts";
import { flvPicture, flvStart } from "../../../ffmpeg/output/flv_writer.ts";
import { readMpjpeg } from "../../../ffmpeg/output/mpjpeg.ts";
import type { AvcConfig } from "../../../h264/avc_config.ts";
import type { CodedPicture } from "../../../frame/coded_picture.ts";
import { type Frame, FramePool } from "../../../frame/frame.ts";

export interface UnitDecoderOptions {
  /** The ffmpeg to run. */
  ffmpeg: string;
  /**
   * Called when ffmpeg is started, with the number of frames to skip. Returns its arguments (H.264
   * in FLV in; frames between borders, or mpjpeg, out), and whether pixels come out.
   */
  how: (old: number) => { args: readonly string[]; isRaw: boolean };
  /** Called with each frame, which the callee has to release. */
  onFrame: (frame: Frame) => void;
}

/** At most this many bytes wait to be decoded; beyond that, decoding resumes at a key frame. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;
/** If more pictures than this are pending, the oldest never came out. */
const MAX_STAMPS = 64;

/** An ffmpeg that decodes pictures with certain arguments. */
interface Running {
  config: AvcConfig;
  process: Deno.ChildProcess;
  input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  reading: Promise<void>;
}

/**
 * Decodes a stream's pictures to frames through an ffmpeg of its own, which is independent of the
 * camera.
 */
export class UnitDecoder {
  readonly #options: UnitDecoderOptions;
  #running: Running | undefined;
  #waiting = 0;
  #needsKey = true;
  /** Capture times and numbers of the pictures that have not come out yet, in order. */
  #stamps: number[] = [];
  #numbers: number[] = [];
  /** The number of past frames that the next ffmpeg will output first. */
  #old = 0;
  #ms = 0;
  #before: number | undefined;
  /** The ends of ffmpegs that were told to end. */
  #ended: Promise<unknown> = Promise.resolve();

  constructor(options: UnitDecoderOptions) {
    this.#options = options;
  }

  /**
   * Takes the pictures from before somebody wanted frames: all have to be decoded, but only the
   * newest matters.
   */
  catchUp(pictures: readonly CodedPicture[]): void {
    this.stop();
    this.#old = pictures.length - 1;
    for (const each of pictures) this.take(each);
    this.#stamps = this.#stamps.slice(-1);
    this.#numbers = this.#numbers.slice(-1);
  }

  /** Takes a picture; if it can't be decoded, everything up to the next key frame is skipped. */
  take(picture: CodedPicture): void {
    if (this.#running?.config !== picture.config) this.#needsKey = true;
    if (this.#waiting > MAX_WAITING_BYTES) this.#needsKey = true;
    if (this.#needsKey && !picture.isKey) return;
    if (this.#running?.config !== picture.config) {
      this.stop();
      this.#running = this.#start(picture.config);
    }
    this.#needsKey = false;
    // Frames come out in display order.
    this.#stamps.push(picture.timestamp);
    this.#stamps.sort((a, b) => a - b);
    this.#numbers.push(picture.sequence);
    if (this.#stamps.length > MAX_STAMPS) {
      [this.#stamps, this.#numbers].forEach((each) => each.shift());
    }
    this.#write(flvPicture(picture, this.#time(picture)));
  }

  /** Ends its ffmpeg; decoding restarts at a key frame. */
  stop(): void {
    const running = this.#running;
    this.#running = undefined;
    this.#needsKey = true;
    this.#stamps = [];
    this.#numbers = [];
    this.#waiting = 0;
    this.#before = undefined;
    if (running === undefined) return;
    try {
      // ffmpeg holds back no frame that would have to be reordered.
      running.process.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    this.#ended = Promise.all([this.#ended, running.reading, running.process.status]);
    running.input.abort().catch(() => {});
  }

  /** Ends its ffmpeg, and waits until it has ended. */
  async close(): Promise<void> {
    this.stop();
    await this.#ended;
  }

  /** Monotonic times with the same intervals as in the stream. */
  #time({ decodeMs = 0 }: CodedPicture): number {
    const apart = decodeMs - (this.#before ?? decodeMs);
    this.#before = decodeMs;
    return this.#ms += apart > 0 && apart < 10_000 ? apart : 1;
  }

  #write(bytes: Uint8Array<ArrayBuffer>): void {
    const running = this.#running;
    this.#waiting += bytes.length;
    const done = (): void => {
      if (this.#running === running) this.#waiting -= bytes.length;
    };
    running?.input.write(bytes).then(done, done);
  }

  #start(config: AvcConfig): Running {
    const { ffmpeg, how } = this.#options;
    const { args, isRaw } = how(this.#old);
    this.#old = 0;
    this.#ms = 0;
    // It ends with its input, and so with wscam, however wscam ends.
    const process = new Deno.Command(ffmpeg, {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const input = process.stdin.getWriter();
    input.write(flvStart(config)).catch(() => {});
    return { config, process, input, reading: this.#read(process, isRaw) };
  }

  async #read(process: Deno.ChildProcess, isRaw: boolean): Promise<void> {
    const read = isRaw ? readBordered : readMpjpeg;
    const pool = new FramePool();
    let sequence = 0;
    const stamp = (arrived: number): Promise<number> => {
      sequence = this.#numbers.shift() ?? sequence;
      return Promise.resolve(this.#stamps.shift() ?? arrived);
    };
    try {
      for await (const frame of read(process.stdout, { pool, stamp })) {
        this.#options.onFrame(frame.numbered(sequence));
      }
    } catch {
      // A healthy ffmpeg writes nothing but pictures.
    }
    if (this.#running?.process === process) this.stop();
  }
}
