import type { Frame } from "../../frame/frame.ts";
import { ffmpegQuality } from "../ffmpeg_quality.ts";
import type { FfmpegVersion } from "../ffmpeg_version.ts";
import { stdinArgs } from "./input_args.ts";
import { toStdout } from "./output_args.ts";

/** How JPEG is made of frames. */
export interface TranscodeArgsOptions {
  /** The version of ffmpeg. */
  version: FfmpegVersion;
  /** JPEG quality, 0 to 100. */
  quality: number;
  /** In pixels, at most; all pictures keep their size with `null`. */
  width: number | null;
  /** Whether colours have half the resolution (4:2:0), whatever they had. */
  isSubsampled: boolean;
}

/** The arguments that make ffmpeg write JPEG to its stdout for frames that are written to its stdin. */
export function transcodeArgs(
  { width, height, format }: Pick<Frame, "width" | "height" | "format">,
  options: TranscodeArgsOptions,
): string[] {
  const [name, pixels] = format === "rgba"
    ? ["rawvideo", ["-pix_fmt", "rgba", "-video_size", `${width}x${height}`]] as const
    : ["mpjpeg", []] as const;
  const scale = ["-vf", `scale=w='min(iw,${options.width})':h=-1:flags=area`];
  return [
    // It ends at what is no picture: we would wait for what never comes.
    ...stdinArgs(name, ["-xerror", ...pixels]),
    ...(options.width === null ? [] : scale),
    ...(options.isSubsampled ? ["-pix_fmt", "yuvj420p"] : []),
    "-c:v",
    "mjpeg",
    ...ffmpegQuality(options.quality),
    ...toStdout("ffmpeg", options.version),
  ];
}
