import type { Capture, EncoderName } from "../frame/capture.ts";
import type { Frame, FrameInfo } from "../frame/frame.ts";
import { ffmpegVersion } from "../ffmpeg/ffmpeg_version.ts";
import { PictureDecoder } from "../ffmpeg/picture_decoder.ts";
import type { Plan } from "../ffmpeg/mode/plan.ts";
import type { Reading } from "./source.ts";

/** One picture as it was sent. */
export interface FedPicture extends FrameInfo {
  /** A whole JPEG file. */
  readonly jpeg: Uint8Array<ArrayBuffer>;
}

export interface JpegFramesOptions {
  /** The reading that the frames are for. */
  reading: Reading;
  /** How to rotate and encode them, if they are not passed on. */
  capture: Capture;
  /** The ffmpeg that decodes them. */
  ffmpeg: string;
  /** Decides who makes the JPEG, by the first picture. */
  plan: (first: FedPicture) => Pick<Plan, "encoder" | "reason">;
}

/**
 * Makes frames of existing JPEG files: as they are, or of their pixels.
 *
 * @param next returns the next picture; `undefined` when there are no more
 */
export async function* jpegFrames(
  next: () => Promise<FedPicture | undefined>,
  { plan: choose, reading, ...decoding }: JpegFramesOptions,
): AsyncGenerator<Frame, void> {
  const first = await next();
  if (first === undefined) return;
  const plan = choose(first);
  reading.onPlan?.(plan);
  if (plan.encoder !== "copy") {
    yield* decoded(first, next, { ...decoding, reading, encoder: plan.encoder });
    return;
  }
  for (let picture: FedPicture | undefined = first; picture; picture = await next()) {
    yield reading.pool.jpeg(picture.jpeg, picture);
  }
}

async function* decoded(
  first: FedPicture,
  next: () => Promise<FedPicture | undefined>,
  { capture, ffmpeg, encoder, reading }: Omit<JpegFramesOptions, "plan"> & {
    encoder: Exclude<EncoderName, "copy">;
  },
): AsyncGenerator<Frame, void> {
  const { signal, pool } = reading;
  const version = await ffmpegVersion(ffmpeg, signal);
  await using decoder = new PictureDecoder({ ...capture, ffmpeg, version, encoder, pool });
  for (let picture: FedPicture | undefined = first; picture; picture = await next()) {
    const frame = await decoder.decode(picture);
    if (frame) yield frame;
    else if (!signal.aborted) reading.onBroken?.();
  }
}
