import { bitsPerPixel, crfOf } from "../h264_quality.ts";
import type { FfmpegVersion } from "../ffmpeg_version.ts";
import { stdinArgs } from "./input_args.ts";
import { passthrough, TO_FLV } from "./output_args.ts";
import type { Size } from "../../protocol/kind.ts";

/** Options of {@linkcode h264Args}. */
export interface H264ArgsOptions {
  /** The name of ffmpeg's encoder. */
  encoder: string;
  /** The version of ffmpeg. */
  version: FfmpegVersion;
  /** The quality of the JPEG that it is to equal, 0 to 100. */
  quality: number;
  /** How many pictures a second there are at most. */
  fps: number;
  /** The form of the pictures that come. */
  format: "rgba" | "jpeg";
  /** Their size, in pixels. */
  from: Size;
  /** Of those that go, in pixels. */
  to: Size;
}

/**
 * A viewer that joins, or that has missed a picture, waits for a key frame: one a second, as near
 * as rates allow.
 */
const KEY_EVERY_S = 0.98;
/** The bound for encoders that can't be asked for a key frame, in frames. */
const LONGEST_GROUP = 300;
const GROUPS = [
  "-bf",
  "0",
  "-g",
  String(LONGEST_GROUP),
  "-force_key_frames",
  `expr:isnan(prev_forced_t)+gte(t,prev_forced_t+${KEY_EVERY_S})`,
];
const COLOURS = ["-pix_fmt", "yuv420p", "-colorspace", "smpte170m", "-color_range", "tv"];
/** One thread encodes so many pixels as fast as cameras give them; slices on more threads cost bytes. */
const PIXELS_OF_A_THREAD = 1920 * 1080;

/** The size of the pictures that are made: colours have half the resolution, so sides are even. */
export function h264Size({ width, height }: Size, narrower: number | null): Size {
  const to = narrower !== null && narrower < width ? narrower : width;
  return { width: even(to), height: even(Math.round(height * to / width)) };
}

/** The arguments that make ffmpeg write H.264 in FLV for pictures in IVF, each at once. */
export function h264Args(options: H264ArgsOptions): string[] {
  const { version, encoder } = options;
  // It ends at what is no picture: we would wait for what never comes.
  const input = stdinArgs("ivf", ["-xerror"]);
  const encoding = ["-vf", filters(options), ...COLOURS, "-c:v", encoder, ...encoderArgs(options)];
  const times = [...passthrough(version), "-enc_time_base", "1:1000"];
  return [...input, ...encoding, ...GROUPS, ...times, ...TO_FLV];
}

function filters({ format, from, to }: H264ArgsOptions): string {
  const isCut = even(from.width) === to.width && even(from.height) === to.height;
  const isSame = from.width === to.width && from.height === to.height;
  // A line that is left out costs less than a picture that is made anew.
  const cut = isCut && !isSame ? [`crop=${to.width}:${to.height}:0:0`] : [];
  // JPEG of cameras has half of the colours already: of the rest, each second row is as near as a mean of two (SSIM
  // 0.9985 and 0.9983), and takes 0.5 ms less of 7.8 at 1280x720.
  const own = format === "jpeg" ? "flags=neighbor:" : "";
  const size = isCut ? own : `${to.width}:${to.height}:flags=area:`;
  // JPEG has the whole range of brightness, video hasn't, and not every decoder looks.
  return [...cut, `scale=${size}out_range=tv`].join(",");
}

/** The arguments of one of ffmpeg's encoders: those that it knows, so that it holds no picture back. */
export function encoderArgs(
  { encoder, quality, fps, to }: Pick<H264ArgsOptions, "encoder" | "quality" | "fps" | "to">,
): string[] {
  const pixels = to.width * to.height;
  const rate = Math.round(pixels * fps * bitsPerPixel(quality));
  const byRate = ["-b:v", String(rate), "-maxrate", String(rate), "-bufsize", String(rate)];
  const crf = String(crfOf(quality));
  switch (encoder) {
    case "libx264": {
      const threads = pixels > PIXELS_OF_A_THREAD ? "auto" : "1";
      const fast = ["-preset", "ultrafast", "-tune", "zerolatency", "-forced-idr", "1"];
      // Times are in milliseconds: without the rate, it says that its pictures need the fastest of decoders. Its filter
      // against the edges of blocks is off in this preset, and costs nothing that could be measured.
      const params = `fps=${Math.ceil(fps)}:no-deblock=0`;
      return [...fast, "-crf", crf, "-threads", threads, "-x264-params", params];
    }
    case "libopenh264":
      return ["-rc_mode", "quality", "-qmin", crf, "-qmax", crf, "-b:v", String(rate)];
    case "h264_videotoolbox":
      return ["-realtime", "1", "-allow_sw", "1", ...byRate];
    case "h264_mf":
      return ["-rate_control", "quality", "-quality", String(Math.max(1, quality))];
    // These hold pictures back unless they are told not to, and make no key frame of one that is forced.
    case "h264_nvenc":
      return ["-delay", "0", "-zerolatency", "1", "-forced-idr", "1", ...byRate];
    case "h264_qsv":
      return ["-async_depth", "1", "-forced_idr", "1", ...byRate];
    default:
      return byRate;
  }
}

function even(side: number): number {
  return Math.max(2, 2 * Math.floor(side / 2));
}
