import { readFlv, type VideoUnit } from "../../../ffmpeg/output/flv.ts";
import type { CodedPicture } from "../../../frame/coded_picture.ts";
import type { Frame, FramePool } from "../../../frame/frame.ts";
import { SourceError } from "../../../frame/source_error.ts";
import { type AvcConfig, readAvcConfig } from "../../../h264/avc_config.ts";
import type { VideoWish } from "../../source.ts";
import { NewestFrame } from "./newest_frame.ts";
import { UnitDecoder, type UnitDecoderOptions } from "./unit_decoder.ts";
import { UnitTimes } from "./unit_times.ts";

export interface PassVideoOptions extends Omit<UnitDecoderOptions, "onFrame"> {
  /** Numbers the pictures. */
  pool: FramePool;
  /** Ends it. */
  signal: AbortSignal;
  /** The viewers' wishes. */
  video: VideoWish;
}

/**
 * The newest group of pictures is kept for viewers that suddenly want frames, up to this size in
 * bytes.
 */
const MAX_GROUP_BYTES = 8 * 1024 * 1024;
/** An unused decoder is kept for this long, in milliseconds. */
const DECODER_MS = 10_000;

/**
 * Passes on the pictures of a camera's own H.264 as they are, and yields them as frames while
 * somebody wants those.
 *
 * @throws {SourceError} when it is not H.264
 */
export async function* passVideo(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  options: PassVideoOptions,
): AsyncGenerator<Frame, void> {
  const { signal } = options;
  const frames = new NewestFrame();
  const decoder = new UnitDecoder({ ...options, onFrame: (frame) => frames.put(frame) });
  const reader = new UnitReader(frames, decoder, options);
  const passing = reader.read(stream).then(() => frames.end(), (error) => frames.end(error));
  const stop = (): void => frames.end();
  signal.addEventListener("abort", stop);
  try {
    for (let frame = await frames.take(); frame; frame = await frames.take()) yield frame;
  } finally {
    signal.removeEventListener("abort", stop);
    // Otherwise its last picture could start the decoder again.
    if (signal.aborted) await passing;
    await decoder.close();
    frames.end();
  }
}

/** Reads a stream of H.264 picture by picture: each is passed on, and decoded while that is wanted. */
class UnitReader {
  readonly #options: PassVideoOptions;
  readonly #frames: NewestFrame;
  readonly #decoder: UnitDecoder;
  readonly #times = new UnitTimes();
  readonly #group = new Group();
  #record: Uint8Array<ArrayBuffer> | undefined;
  #config: AvcConfig | undefined;
  #isDecoding = false;
  #unwantedAt: number | undefined;

  constructor(frames: NewestFrame, decoder: UnitDecoder, options: PassVideoOptions) {
    this.#frames = frames;
    this.#decoder = decoder;
    this.#options = options;
  }

  /** @throws {SourceError} when it is not H.264 */
  async read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    try {
      for await (const packet of readFlv(stream, { signal: this.#options.signal })) {
        if (packet.type === "config") this.#record = packet.record;
        else this.#take(packet);
      }
    } catch (cause) {
      if (!(cause instanceof TypeError) && !(cause instanceof RangeError)) throw cause;
      throw new SourceError("broken", `gives no pictures: ${cause.message}`, { cause });
    }
  }

  #take(unit: VideoUnit): void {
    if (this.#record !== undefined && unit.isKey) {
      // If pictures are shown out of order, even the first one has to wait.
      this.#config = readAvcConfig(this.#record, { inOrder: unit.offsetMs === 0 });
      this.#record = undefined;
    }
    if (this.#config === undefined) return;
    const picture = this.#pictureOf(unit, this.#config);
    this.#group.take(picture);
    this.#frames.hear(picture);
    this.#options.video.onPicture(picture);
    this.#decode(picture);
  }

  #decode(picture: CodedPicture): void {
    const now = performance.now();
    if (this.#options.video.wantsFrames()) {
      this.#unwantedAt = undefined;
      if (this.#isDecoding) this.#decoder.take(picture);
      else this.#decoder.catchUp(this.#group.pictures);
      this.#isDecoding = true;
    } else if (this.#isDecoding && now - (this.#unwantedAt ??= now) > DECODER_MS) {
      this.#decoder.stop();
      this.#isDecoding = false;
    } else if (this.#isDecoding) {
      this.#decoder.take(picture);
    }
  }

  #pictureOf(
    { data, isKey, decodeMs, offsetMs, arrivedMs }: VideoUnit,
    config: AvcConfig,
  ): CodedPicture {
    const timestamp = this.#times.next((decodeMs + offsetMs) / 1000, arrivedMs / 1000);
    const sequence = this.#options.pool.number();
    const { width, height } = config;
    return { data, isKey, decodeMs, offsetMs, config, width, height, timestamp, sequence };
  }
}

/** The newest key frame and everything since. */
class Group {
  pictures: CodedPicture[] = [];
  #bytes = 0;

  take(picture: CodedPicture): void {
    if (picture.isKey) {
      this.pictures = [];
      this.#bytes = 0;
    } else if (this.pictures.length === 0) return;
    this.#bytes += picture.data.length;
    if (this.#bytes > MAX_GROUP_BYTES) this.pictures = [];
    else this.pictures.push(picture);
  }
}
