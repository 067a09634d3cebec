import { readFlv, type VideoUnit } from "../../ffmpeg/output/flv.ts";
import { ivfFrameHead, type IvfHeader, ivfHeader } from "../../ffmpeg/output/ivf.ts";
import type { Frame } from "../../frame/frame.ts";
import { type AvcConfig, readAvcConfig } from "../../h264/avc_config.ts";
import type { EncodedVideo } from "../encoder.ts";

/** Starting takes a moment; a picture that takes longer than this will never come. */
const LIMIT_MS = 5000;
/** ffmpeg writes FLV times with this many bits. */
const TIME_MASK = 0x7fffffff;
/** This much of its stderr is kept, from the end. */
const MAX_LAST_WORDS = 2048;

/** A frame that was put in and waits for its picture. */
interface Awaited extends Pick<Frame, "timestamp" | "sequence"> {
  resolve: (picture: EncodedVideo) => void;
  reject: (error: Error) => void;
  timer: ReturnType<typeof setTimeout>;
}

/**
 * One ffmpeg that encodes frames of one size and format as H.264: one picture for each frame, in
 * order, none held back.
 */
export class H264Process {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #awaited = new Map<number, Awaited>();
  readonly #reading: Promise<void>;
  /** The time of the first frame: ffmpeg counts from there. */
  #began: number | undefined;
  #ms = -1;
  #lastWords = "";
  #failure: Error | undefined;

  /**
   * Starts it.
   *
   * @throws {Deno.errors.NotFound} when ffmpeg isn't there
   */
  constructor(ffmpeg: string, args: readonly string[], header: IvfHeader) {
    // It ends with its input, and so with wscam, however wscam ends.
    this.#process = new Deno.Command(ffmpeg, {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#write(ivfHeader(header));
    this.#reading = Promise.all([this.#listen(), this.#read()]).then(() => {});
  }

  /** Why it makes no more pictures, if that is the case. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /**
   * Puts a frame in. Nobody may write to the frame before its picture is there.
   *
   * @returns when it is in, the promise of its picture
   */
  async encode(frame: Frame): Promise<{ picture: Promise<EncodedVideo> }> {
    const { timestamp, sequence, data } = frame;
    const { promise: picture, resolve, reject } = Promise.withResolvers<EncodedVideo>();
    // The caller may be gone by then.
    picture.catch(() => {});
    if (this.#failure) {
      reject(this.#failure);
      return { picture };
    }
    const now = performance.now();
    const ms = this.#ms = Math.max(this.#ms + 1, Math.round(now - (this.#began ??= now)));
    const timer = setTimeout(() => {
      this.#fail(new Error(`it has produced nothing for ${LIMIT_MS / 1000} s`));
    }, LIMIT_MS);
    this.#awaited.set(ms & TIME_MASK, {
      timestamp,
      sequence,
      resolve,
      reject,
      timer,
    });
    await Promise.all([
      this.#write(ivfFrameHead(data.length, ms)),
      this.#write(data),
    ]);
    return { picture };
  }

  /** Ends it; pictures of frames still in it will never come. */
  async close(reason: string): Promise<void> {
    this.#fail(new Error(reason));
    await this.#reading;
    await this.#process.status;
    await this.#input.abort().catch(() => {});
  }

  #write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    // The exit tells what went wrong.
    return this.#input.write(bytes).catch(() => {});
  }

  async #read(): Promise<void> {
    let config: AvcConfig | undefined;
    try {
      for await (const packet of readFlv(this.#process.stdout)) {
        if (packet.type === "config") {
          config = readAvcConfig(packet.record, { inOrder: true });
        } else if (config === undefined) {
          throw new TypeError("Cannot read video: its beginning is missing");
        } else this.#settle(packet, config);
      }
      await this.#process.status;
      this.#fail(new Error(this.#lastLine ?? "it has ended"));
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /**
   * Matches pictures to frames by their times: earlier frames without a picture will never get one.
   */
  #settle({ data, isKey, decodeMs }: VideoUnit, config: AvcConfig): void {
    const own = this.#awaited.get(decodeMs & TIME_MASK);
    if (own === undefined) {
      throw new TypeError(
        "Cannot read video: its times don't match its frames",
      );
    }
    for (const [ms, awaited] of this.#awaited) {
      clearTimeout(awaited.timer);
      this.#awaited.delete(ms);
      if (awaited === own) break;
      awaited.reject(new Error("it skipped a frame"));
    }
    const { timestamp, sequence, resolve } = own;
    const { width, height } = config;
    resolve({
      codec: "h264",
      data,
      width,
      height,
      timestamp,
      sequence,
      isKey,
      config,
      offsetMs: 0,
    });
  }

  async #listen(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#process.stderr) {
      const words = this.#lastWords + decoder.decode(chunk, { stream: true });
      this.#lastWords = words.slice(-MAX_LAST_WORDS);
    }
  }

  get #lastLine(): string | undefined {
    return this.#lastWords.split(/[\r\n]+/).findLast((line) => line.trim() !== "");
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject, timer } of this.#awaited.values()) {
      clearTimeout(timer);
      reject(this.#failure);
    }
    this.#awaited.clear();
    try {
      // ffmpeg holds back no frame that would have to be reordered.
      this.#process.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
  }
}
