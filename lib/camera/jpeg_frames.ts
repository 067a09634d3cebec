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
