import { readBordered } from "../../ffmpeg/output/bordered.ts";
import { flvPicture, flvStart } from "../../ffmpeg/output/flv_writer.ts";
import { readMpjpeg } from "../../ffmpeg/output/mpjpeg.ts";
import type { AvcConfig } from "../../h264/avc_config.ts";
import type { CodedPicture } from "../../frame/coded_picture.ts";
import { type Frame, FramePool } from "../../frame/frame.ts";

/** Options of {@linkcode UnitDecoder}. */
export interface UnitDecoderOptions {
  /** Which ffmpeg. */
  ffmpeg: string;
  /**
   * Called when it is started, with how many frames to leave out: its arguments (H.264 in FLV in, frames between borders
   * or in mpjpeg out), and whether pixels come out.
   */
  how: (old: number) => { args: readonly string[]; isRaw: boolean };
  /** Takes each frame, which is the callee's to release. */
  onFrame: (frame: Frame) => void;
}

/** More doesn't wait to be decoded, in bytes: it goes on with a key frame then. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;
/** Of more pictures, the oldest never came out. */
const MAX_STAMPS = 64;

/** The program that decodes pictures in one way. */
interface Running {
  config: AvcConfig;
  process: Deno.ChildProcess;
  input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  reading: Promise<void>;
}

/** Makes frames of the pictures of a stream, through an ffmpeg of its own: the camera knows nothing of it. */
export class UnitDecoder {
  readonly #options: UnitDecoderOptions;
  #running: Running | undefined;
  #waiting = 0;
  #needsKey = true;
  /** When the pictures were captured that have not come out yet, and their numbers, each in order. */
  #stamps: number[] = [];
  #numbers: number[] = [];
  /** The number of frames from the past that the next program will give first. */
  #old = 0;
  #ms = 0;
  #before: number | undefined;
  /** The end of programs that were told to end. */
  #ended: Promise<unknown> = Promise.resolve();

  /** Starts nothing yet. */
  constructor(options: UnitDecoderOptions) {
    this.#options = options;
  }

  /** Takes what came before somebody wanted frames: all has to be decoded, and only the newest is of interest. */
  catchUp(pictures: readonly CodedPicture[]): void {
    this.stop();
    this.#old = pictures.length - 1;
    for (const each of pictures) this.take(each);
    this.#stamps = this.#stamps.slice(-1);
    this.#numbers = this.#numbers.slice(-1);
  }

  /** Takes a picture; one that can't be decoded is left out, up to the next key frame. */
  take(picture: CodedPicture): void {
    if (this.#running?.config !== picture.config) this.#needsKey = true;
    if (this.#waiting > MAX_WAITING_BYTES) this.#needsKey = true;
    if (this.#needsKey && !picture.isKey) return;
    if (this.#running?.config !== picture.config) {
      this.stop();
      this.#running = this.#start(picture.config);
    }
    this.#needsKey = false;
    // They come out in the order in which they are shown.
    this.#stamps.push(picture.timestamp);
    this.#stamps.sort((a, b) => a - b);
    this.#numbers.push(picture.sequence);
    if (this.#stamps.length > MAX_STAMPS) {
      [this.#stamps, this.#numbers].forEach((each) => each.shift());
    }
    this.#write(flvPicture(picture, this.#time(picture)));
  }

  /** Ends its ffmpeg; it starts again with a key frame. */
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
      // It holds nothing that it would have to put back.
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

  /** Times that never step back, as far apart as in the stream. */
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
    // It ends with its input, and so with us, however we end.
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
      // An ffmpeg that is well writes nothing but pictures.
    }
    if (this.#running?.process === process) this.stop();
  }
}
