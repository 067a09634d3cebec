import { transcodeArgs } from "../../ffmpeg/args/transcode_args.ts";
import { ffmpegVersion, knownVersion } from "../../ffmpeg/ffmpeg_version.ts";
import { type Frame, FramePool } from "../../frame/frame.ts";
import { readMpjpeg } from "../../ffmpeg/output/mpjpeg.ts";
import { Bucket } from "../../time/bucket.ts";
import type { Slots } from "../../time/slots.ts";
import { SourceError } from "../../frame/source_error.ts";
import { CHILDREN } from "../children.ts";
import { EncoderError } from "../../jpeg/encoder_error.ts";

export interface TranscoderOptions {
  /** The ffmpeg to run. */
  ffmpeg: string;
  /** JPEG quality, 0 to 100. */
  quality: number;
  /**
   * The maximum width, in pixels; narrower pictures keep their size, and all pictures do with
   * `null`.
   */
  width: number | null;
  /**
   * Whether colours get half the resolution (4:2:0), whatever they had; those of raw frames always
   * do.
   *
   * @default {false}
   */
  isSubsampled?: boolean;
  /**
   * Limits the transcoders of one camera.
   *
   * @default {no limit}
   */
  slots?: Slots | undefined;
}

/**
 * The maximum number of starts: a camera may deliver pictures that ffmpeg can't read, or each of
 * another size.
 */
const STARTS = { burst: 5, perSecond: 1 };
/** Starting takes a moment; a picture that takes longer than this will never come. */
const LIMIT_MS = 5000;
const LEFT = "Cannot encode picture: its last viewer has left";
const LINE_END = new Uint8Array([13, 10]);

/** The ffmpeg for pictures of one size. */
interface Running {
  process: Deno.ChildProcess;
  pictures: AsyncGenerator<Frame, void>;
  input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  /** The size of the pictures that go in. */
  width: number;
  height: number;
  format: Frame["format"];
  /** Frees its slot for others. */
  free: () => void;
}

/**
 * Makes JPEG files from other JPEG files or from pixels, one after the other, through an ffmpeg of
 * its own: scaling one of 1280x720 to a width of 640 takes 2.5 ms, where imagescript takes more
 * than ten times as long only to decode it.
 */
export class Transcoder implements AsyncDisposable {
  readonly #options: TranscoderOptions;
  #running: Promise<Running> | undefined;
  /** The ends of ffmpegs that were told to end. */
  #ended: Promise<unknown> = Promise.resolve();
  #previous: Promise<unknown> = Promise.resolve();
  readonly #ending = new AbortController();
  readonly #starts = new Bucket(STARTS);

  constructor(options: TranscoderOptions) {
    this.#options = options;
  }

  /**
   * Makes a JPEG file of this quality and width.
   *
   * @throws {EncoderError} when ffmpeg isn't there, with what to do
   * @throws {Error} when it gives no picture
   */
  transcode(frame: Frame): Promise<Uint8Array<ArrayBuffer>> {
    const next = this.#previous.then(() => this.#transcode(frame));
    this.#previous = next.catch(() => {});
    return next;
  }

  /** Ends its ffmpeg, and waits until it has ended, whoever told it to. */
  async close(): Promise<void> {
    this.#ending.abort(new Error(LEFT));
    await this.#stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #transcode(frame: Frame): Promise<Uint8Array<ArrayBuffer>> {
    this.#ending.signal.throwIfAborted();
    const { width, height, format } = frame;
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      let running = await (this.#running ??= this.#start(frame));
      // ffmpeg would scale pictures of another size to the first one's.
      const isOther = running.width !== width || running.height !== height;
      if (isOther || running.format !== format) {
        await this.#stop();
        running = await (this.#running = this.#start(frame));
      }
      timer = setTimeout(() => void this.#stop(), LIMIT_MS);
      const [picture] = await Promise.all([running.pictures.next(), write(running.input, frame)]);
      if (picture.value) return picture.value.data;
      throw new Error("it gave none");
    } catch (cause) {
      await this.#stop();
      if (this.#ending.signal.aborted) throw new Error(LEFT, { cause });
      const reason = cause instanceof Error ? cause.message : String(cause);
      if (cause instanceof SourceError) {
        throw new EncoderError(`Cannot encode picture: it ${reason}`, { cause });
      }
      throw new Error(`Cannot encode picture: ffmpeg: ${reason}`, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  async #start({ width, height, format }: Frame): Promise<Running> {
    const { ffmpeg, slots } = this.#options;
    const { signal } = this.#ending;
    if (this.#starts.waitMs > 0) throw new Error("it had to be started too often");
    this.#starts.take();
    const version = await knownVersion(ffmpeg);
    using stack = new DisposableStack();
    if (slots) stack.defer(await slots.take(signal));
    stack.defer(await CHILDREN.take(signal));
    const shape = this.#shape(width);
    const process = await this.#spawn(
      transcodeArgs({ width, height, format }, { ...shape, version }),
    );
    const pictures = readMpjpeg(process.stdout, { pool: new FramePool() });
    const taken = stack.move();
    const free = (): void => taken.dispose();
    return { process, pictures, input: process.stdin.getWriter(), width, height, format, free };
  }

  #shape(from: number): Shape {
    const { quality, width, isSubsampled = false } = this.#options;
    return { quality, width: width !== null && width < from ? width : null, isSubsampled };
  }

  async #spawn(args: string[]): Promise<Deno.ChildProcess> {
    const { ffmpeg } = this.#options;
    try {
      // It ends with its input, and so with wscam, however wscam ends.
      return new Deno.Command(ffmpeg, { args, stdin: "piped", stdout: "piped", stderr: "null" })
        .spawn();
    } catch (error) {
      // ffmpeg was there a while ago.
      await ffmpegVersion(ffmpeg);
      throw error;
    }
  }

  async #stop(): Promise<void> {
    const starting = this.#running;
    this.#running = undefined;
    if (starting) this.#ended = Promise.all([this.#ended, end(starting)]);
    await this.#ended;
  }
}

async function end(starting: Promise<Running>): Promise<void> {
  const running = await starting.catch(() => undefined);
  if (running === undefined) return;
  const { process, input, pictures, free } = running;
  try {
    // ffmpeg holds back no frame that would have to be reordered.
    process.kill("SIGKILL");
  } catch {
    // It has ended already.
  }
  await process.status;
  free();
  await input.abort().catch(() => {});
  await pictures.return();
}

async function write(
  input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>,
  { data, format }: Frame,
): Promise<void> {
  if (format === "rgba") return await input.write(data);
  const head = `--ffmpeg\r\nContent-type: image/jpeg\r\nContent-length: ${data.length}\r\n\r\n`;
  await Promise.all([
    input.write(new TextEncoder().encode(head)),
    input.write(data),
    input.write(LINE_END),
  ]);
}

type Shape = Pick<TranscoderOptions, "quality" | "width"> & { isSubsampled: boolean };
