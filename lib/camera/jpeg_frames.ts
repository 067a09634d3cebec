import type { Capture } from "../frame/capture.ts";
import type { Frame, FrameInfo } from "../frame/frame.ts";
import { ffmpegVersion } from "../ffmpeg/ffmpeg_version.ts";
import { PictureDecoder } from "../ffmpeg/picture_decoder.ts";
import type { Plan } from "../ffmpeg/mode/plan.ts";
import type { FramesOptions } from "./source.ts";

/** One picture as it was sent. */
export interface FedPicture extends FrameInfo {
  /** A whole JPEG file. */
  readonly jpeg: Uint8Array<ArrayBuffer>;
}

/** Options of {@linkcode jpegFrames}. */
export interface JpegFramesOptions extends FramesOptions {
  /** How they are to be turned and encoded, where they are not passed on. */
  capture: Capture;
  /** Which ffmpeg decodes them then. */
  ffmpeg: string;
  /** Chooses who makes the JPEG, by the first picture. */
  plan: (first: FedPicture) => Pick<Plan, "encoder" | "reason">;
}

/**
 * Makes frames of JPEG files that somebody else has made: as they are, or of their pixels.
 *
 * @param next gives the next picture; nothing when there are no more
 */
export async function* jpegFrames(
  next: () => Promise<FedPicture | undefined>,
  { plan: choose, ...options }: JpegFramesOptions,
): AsyncGenerator<Frame, void> {
  const first = await next();
  if (first === undefined) return;
  const plan = choose(first);
  options.onPlan?.(plan);
  if (plan.encoder !== "copy") {
    yield* decoded(first, next, { ...options, encoder: plan.encoder });
    return;
  }
  for (let picture: FedPicture | undefined = first; picture; picture = await next()) {
    yield options.pool.jpeg(picture.jpeg, picture);
  }
}

async function* decoded(
  first: FedPicture,
  next: () => Promise<FedPicture | undefined>,
  { capture, ffmpeg, encoder, signal, pool, onBroken }: Omit<JpegFramesOptions, "plan"> & {
    encoder: "imagescript" | "ffmpeg";
  },
): AsyncGenerator<Frame, void> {
  const version = await ffmpegVersion(ffmpeg, signal);
  await using decoder = new PictureDecoder({ ...capture, ffmpeg, version, encoder, pool });
  for (let picture: FedPicture | undefined = first; picture; picture = await next()) {
    const frame = await decoder.decode(picture);
    if (frame) yield frame;
    else if (!signal.aborted) onBroken?.();
  }
}
