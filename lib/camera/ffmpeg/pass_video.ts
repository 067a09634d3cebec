import { readFlv, type VideoUnit } from "../../ffmpeg/output/flv.ts";
import type { CodedPicture } from "../../frame/coded_picture.ts";
import type { Frame, FramePool } from "../../frame/frame.ts";
import { SourceError } from "../../frame/source_error.ts";
import { type AvcConfig, readAvcConfig } from "../../h264/avc_config.ts";
import type { VideoWish } from "../source.ts";
import { NewestFrame } from "./newest_frame.ts";
import { UnitDecoder, type UnitDecoderOptions } from "./unit_decoder.ts";
import { UnitTimes } from "./unit_times.ts";

/** Options of {@linkcode passVideo}. */
export interface PassVideoOptions extends Omit<UnitDecoderOptions, "onFrame"> {
  /** Numbers the pictures. */
  pool: FramePool;
  /** Ends it. */
  signal: AbortSignal;
  /** What the viewers want. */
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
  const onPicture = (picture: CodedPicture): void => {
    frames.hear(picture);
    options.video.onPicture(picture);
  };
  const video = { ...options.video, onPicture };
  const passing = readUnits(stream, { ...options, video, decoder }).then(
    () => frames.end(),
    (error) => frames.end(error),
  );
  const stop = (): void => frames.end();
  signal.addEventListener("abort", stop);
  try {
    for (let frame = await frames.take(); frame; frame = await frames.take()) yield frame;
  } finally {
    signal.removeEventListener("abort", stop);
    await decoder.close();
    frames.end();
    if (signal.aborted) await passing;
  }
}

async function readUnits(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  { signal, video, decoder, pool }: PassVideoOptions & { decoder: UnitDecoder },
): Promise<void> {
  const times = new UnitTimes();
  const group = new Group();
  let record: Uint8Array<ArrayBuffer> | undefined;
  let config: AvcConfig | undefined;
  let isDecoding = false;
  let unwantedAt: number | undefined;
  try {
    for await (const packet of readFlv(stream, { signal })) {
      if (packet.type === "config") {
        record = packet.record;
        continue;
      }
      if (record !== undefined && packet.isKey) {
        // If pictures are shown out of order, even the first one has to wait.
        config = readAvcConfig(record, { inOrder: packet.offsetMs === 0 });
        record = undefined;
      }
      if (config === undefined) continue;
      const picture = pictureOf(packet, { config, times, sequence: pool.number() });
      group.take(picture);
      video.onPicture(picture);
      const now = performance.now();
      if (video.wantsFrames()) {
        unwantedAt = undefined;
        if (isDecoding) decoder.take(picture);
        else decoder.catchUp(group.pictures);
        isDecoding = true;
      } else if (isDecoding && now - (unwantedAt ??= now) > DECODER_MS) {
        decoder.stop();
        isDecoding = false;
      } else if (isDecoding) {
        decoder.take(picture);
      }
    }
  } catch (cause) {
    if (!(cause instanceof TypeError) && !(cause instanceof RangeError)) throw cause;
    throw new SourceError("broken", `gives no pictures: ${cause.message}`, { cause });
  }
}

function pictureOf(
  { data, isKey, decodeMs, offsetMs, arrivedMs }: VideoUnit,
  { config, times, sequence }: { config: AvcConfig; times: UnitTimes; sequence: number },
): CodedPicture {
  const timestamp = times.next((decodeMs + offsetMs) / 1000, arrivedMs / 1000);
  const { width, height } = config;
  return { data, isKey, decodeMs, offsetMs, config, width, height, timestamp, sequence };
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
