import type { Frame } from "../../frame/frame.ts";
import { ffmpegQuality } from "../ffmpeg_quality.ts";
import type { FfmpegVersion } from "../ffmpeg_version.ts";
import { stdinArgs } from "./input_args.ts";
import { toStdout } from "./output_args.ts";

/** How frames are encoded as JPEG. */
export interface TranscodeArgsOptions {
  /** The version of ffmpeg. */
  version: FfmpegVersion;
  /** JPEG quality, 0 to 100. */
  quality: number;
  /** The maximum width in pixels; with `null`, all pictures keep their size. */
  width: number | null;
  /** Whether colours get half the resolution (4:2:0), whatever they had. */
  isSubsampled: boolean;
}

/** The arguments that make ffmpeg encode frames on stdin as JPEG on stdout. */
export function transcodeArgs(
  { width, height, format }: Pick<Frame, "width" | "height" | "format">,
  options: TranscodeArgsOptions,
): string[] {
  const [name, pixels] = format === "rgba"
    ? ["rawvideo", ["-pix_fmt", "rgba", "-video_size", `${width}x${height}`]] as const
    : ["mpjpeg", []] as const;
  const scale = ["-vf", `scale=w='min(iw,${options.width})':h=-1:flags=area`];
  return [
    // ffmpeg exits at anything that is not a picture: otherwise we would wait for a frame that
    // never comes.
    ...stdinArgs(name, ["-xerror", ...pixels]),
    ...(options.width === null ? [] : scale),
    ...(options.isSubsampled ? ["-pix_fmt", "yuvj420p"] : []),
    "-c:v",
    "mjpeg",
    ...ffmpegQuality(options.quality),
    ...toStdout("ffmpeg", options.version),
  ];
}
