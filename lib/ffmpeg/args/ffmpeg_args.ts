import type { EncoderName } from "../../frame/capture.ts";
import { USUAL_PIXEL_ENCODER } from "../../jpeg/pixel_encoders.ts";
import { DROP_DAMAGED } from "../damage.ts";
import type { FfmpegVersion } from "../ffmpeg_version.ts";
import type { FfmpegInput } from "../input.ts";
import { BOUNDED, inputArgs, type InputArgsOptions, isHeld, stdinArgs } from "./input_args.ts";
import { packetTimes } from "./lateness.ts";
import { type Look, outputArgs, type OutputArgsOptions, TO_FLV, toStdout } from "./output_args.ts";

/** Wishes beyond the input. */
export interface FfmpegArgsOptions extends InputArgsOptions, Look {
  /** The version of ffmpeg. */
  version: FfmpegVersion;
  /** The encoder that makes the JPEG. @default {"imagescript"} */
  encoder?: EncoderName;
}

/** At this level it says what goes wrong, and how often. */
const REPORTING = ["-hide_banner", "-nostdin", "-nostats", "-loglevel", "repeat+warning"];

/**
 * The arguments that make ffmpeg write RGBA frames between borders, or JPEG as mpjpeg, to stdout.
 */
export function ffmpegArgs(input: FfmpegInput, options: FfmpegArgsOptions): string[] {
  const { encoder = USUAL_PIXEL_ENCODER, mjpeg, version } = options;
  const isLive = input.kind === "url";
  const times = isLive && encoder !== "copy" ? packetTimes(version, isHeld(input.url)) : [];
  return [
    ...REPORTING,
    ...(mjpeg && encoder !== "copy" ? DROP_DAMAGED : []),
    ...BOUNDED,
    ...inputArgs(input, options),
    ...picturesOf(input),
    ...outputArgs({ ...options, encoder, isLive, isSquare: input.kind === "device" }),
    ...toStdout(encoder, version),
    ...times,
  ];
}

/**
 * Gives the first pictures of a stream with B-frames their times, which ffmpeg finds out too late:
 * the first is shown at 0, and all are decoded before that. It holds each picture back until the
 * next has come, so it is used for those streams only.
 */
const FIRST_TIMES = "setts=pts=if(lt(PTS\\,-1e17)\\,0\\,PTS):dts=if(lt(DTS\\,-1e17)\\,N-90\\,DTS)";

/**
 * The arguments that make ffmpeg write an input's own H.264 to stdout, as FLV.
 *
 * @param options `isUntimed`: the first of its pictures have no times
 */
export function passArgs(
  input: FfmpegInput,
  { isUntimed = false, ...options }: FfmpegArgsOptions & { isUntimed?: boolean },
): string[] {
  const opened = inputArgs(input, { ...options, isPassed: true });
  const passed = [...picturesOf(input), "-c:v", "copy"];
  return isUntimed
    ? [...REPORTING, "-copyts", ...opened, ...passed, "-bsf:v", FIRST_TIMES, ...TO_FLV]
    : [...REPORTING, ...opened, ...passed, ...TO_FLV];
}

/**
 * The arguments that make ffmpeg write a frame for each H.264 picture on stdin, which comes as FLV.
 */
export function unitArgs(
  options: Pick<OutputArgsOptions, "encoder" | "version" | "quality" | "old">,
): string[] {
  const { encoder, version } = options;
  const input = stdinArgs("flv", ["-flags", "low_delay"]);
  return [...input, ...outputArgs(options), ...toStdout(encoder, version)];
}

/** The arguments that make ffmpeg write a frame for each JPEG picture on stdin. */
export function pictureArgs(
  options: Look & Pick<OutputArgsOptions, "encoder" | "version" | "size">,
): string[] {
  const { encoder, version } = options;
  // ffmpeg exits at anything that is not a picture: otherwise we would wait for a frame that never
  // comes.
  const input = stdinArgs("mpjpeg", ["-xerror", ...DROP_DAMAGED]);
  // Pictures arrive on time, with square pixels, and in one size.
  const output = outputArgs({ ...options, isSquare: true, isFed: true });
  return [...input, ...output, ...toStdout(encoder, version)];
}

/** 'V' selects moving pictures: a song's cover is not one. */
function picturesOf({ kind }: FfmpegInput): string[] {
  return ["-map", kind === "file" ? "0:V:0" : "0:v:0"];
}
