import { passthrough } from "../ffmpeg/ffmpeg_args.ts";
import { ffmpegQuality } from "../ffmpeg/ffmpeg_quality.ts";
import { ffmpegVersion } from "../ffmpeg/ffmpeg_version.ts";
import { type Frame, FramePool } from "../frame/frame.ts";
import { readMpjpeg } from "../ffmpeg/mpjpeg.ts";
import { SourceError } from "../frame/source_error.ts";
import { EncoderError } from "./encoder_error.ts";

/** Options of {@linkcode Transcoder}. */
export interface TranscoderOptions {
  /** Which ffmpeg. */
  ffmpeg: string;
  /** JPEG quality, 0 to 100. */
  quality: number;
  /** In pixels, at most; narrower pictures, and all with `null`, keep their size. */
  width: number | null;
}

/** Starting takes a moment; a picture that takes so long will never come. */
const LIMIT_MS = 5000;
const LEFT = "Cannot encode picture: its last viewer has left";
const LINE_END = new Uint8Array([13, 10]);

/** What runs for pictures of one size. */
interface Running {
  process: Deno.ChildProcess;
  pictures: AsyncGenerator<Frame, void>;
  input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  /** Of the pictures that go in. */
  width: number;
  height: number;
}

/**
 * Makes other JPEG files of JPEG files, one after the other, through an ffmpeg of its own: 2.5 ms for one of
 * 1280x720 made 640 wide, where imagescript takes more than ten times as long to decode it alone.
 */
export class Transcoder implements AsyncDisposable {
  readonly #options: TranscoderOptions;
  #running: Promise<Running> | undefined;
  #previous: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  /** Starts nothing yet. */
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

  /** Ends its ffmpeg. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#stop();
  }

  /** Same as {@linkcode Transcoder.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #transcode(frame: Frame): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#isClosed) throw new Error(LEFT);
    const { width, height } = frame;
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      let running = await (this.#running ??= this.#start(frame));
      // ffmpeg would squeeze pictures of another size into the first one's.
      if (running.width !== width || running.height !== height) {
        await this.#stop();
        running = await (this.#running = this.#start(frame));
      }
      timer = setTimeout(() => void this.#stop(), LIMIT_MS);
      const [picture] = await Promise.all([running.pictures.next(), write(running.input, frame)]);
      if (picture.value) return picture.value.data;
      throw new Error("it gave none");
    } catch (cause) {
      await this.#stop();
      if (this.#isClosed) throw new Error(LEFT, { cause });
      const reason = cause instanceof Error ? cause.message : String(cause);
      if (cause instanceof SourceError) {
        throw new EncoderError(`Cannot encode picture: it ${reason}`, { cause });
      }
      throw new Error(`Cannot encode picture: ffmpeg: ${reason}`, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  async #start({ width, height }: Frame): Promise<Running> {
    const { ffmpeg, quality, width: most } = this.#options;
    const narrower = most !== null && most < width ? most : null;
    const passing = passthrough(await ffmpegVersion(ffmpeg));
    const args = transcodeArgs({ quality, width: narrower }, passing);
    if (this.#isClosed) throw new Error(LEFT);
    // It ends with its input, and so with us, however we end.
    const process = new Deno.Command(ffmpeg, {
      ...{ args, stdin: "piped", stdout: "piped", stderr: "null" },
    }).spawn();
    const pictures = readMpjpeg(process.stdout, { pool: new FramePool() });
    return { process, pictures, input: process.stdin.getWriter(), width, height };
  }

  async #stop(): Promise<void> {
    const starting = this.#running;
    this.#running = undefined;
    const running = await starting?.catch(() => undefined);
    if (running === undefined) return;
    const { process, input, pictures } = running;
    try {
      // It holds nothing that it would have to put back.
      process.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await process.status;
    await input.abort().catch(() => {});
    await pictures.return();
  }
}

async function write(
  input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>,
  { data }: Frame,
): Promise<void> {
  const head = `--ffmpeg\r\nContent-type: image/jpeg\r\nContent-length: ${data.length}\r\n\r\n`;
  await Promise.all([
    input.write(new TextEncoder().encode(head)),
    input.write(data),
    input.write(LINE_END),
  ]);
}

function transcodeArgs(
  { quality, width }: Pick<TranscoderOptions, "quality" | "width">,
  passing: readonly string[],
): string[] {
  return [
    // It ends at what is no picture: we would wait for what never comes.
    ...["-hide_banner", "-nostats", "-loglevel", "error", "-xerror"],
    // Not `nobuffer`: it would cost the first picture.
    ...["-probesize", "32", "-analyzeduration", "0", "-threads", "1"],
    ...["-f", "mpjpeg", "-i", "pipe:0"],
    ...(width === null ? [] : ["-vf", `scale=w='min(iw,${width})':h=-1:flags=area`]),
    ...["-c:v", "mjpeg", ...ffmpegQuality(quality), "-threads", "1", ...passing],
    ...["-f", "mpjpeg", "-flush_packets", "1", "pipe:1"],
  ];
}
