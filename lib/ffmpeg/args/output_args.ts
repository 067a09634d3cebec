import { type Capture, DEFAULT_QUALITY, type EncoderName } from "../../frame/capture.ts";
import type { Rotation } from "../../frame/orientation.ts";
import type { Size } from "../../protocol/kind.ts";
import { ffmpegQuality } from "../ffmpeg_quality.ts";
import type { FfmpegVersion } from "../ffmpeg_version.ts";
import { BORDERS, OPAQUE_FORMATS } from "../output/bordered.ts";
import { hasOwnSizes, ownSizes, TELLS_SIZE } from "../output/own_size.ts";
import { lateFilter, latePackets } from "./lateness.ts";
import { takesPixels } from "../../jpeg/pixel_encoders.ts";

/** How pictures look; a missing value leaves them as the source has them. */
export type Look = Partial<Pick<Capture, "quality" | "rotate" | "flip">>;

/** How an input's pictures become frames. */
export interface OutputArgsOptions extends Look {
  /** The encoder that makes the JPEG. */
  encoder: EncoderName;
  /** The version of ffmpeg. */
  version: FfmpegVersion;
  /**
   * Whether pictures may come late, and are then dropped.
   *
   * @default {false}
   */
  isLive?: boolean;
  /**
   * The wanted size.
   *
   * @default {their own}
   */
  size?: Size | undefined;
  /**
   * The number of pictures to skip at the beginning.
   *
   * @default {0}
   */
  old?: number;
  /**
   * Whether pixels are known to be square.
   *
   * @default {false}
   */
  isSquare?: boolean;
  /**
   * Whether all pictures are known to have the same size.
   *
   * @default {false}
   */
  isFed?: boolean;
}

/** The arguments that make frames of the input: RGBA between borders, or JPEG. */
export function outputArgs(
  { encoder, version, isLive = false, isSquare = false, isFed = false, ...more }: OutputArgsOptions,
): string[] {
  const { quality = DEFAULT_QUALITY, rotate = "0", flip, size, old = 0 } = more;
  if (encoder === "copy") return ["-c:v", "copy", ...isLive ? latePackets(version) : []];
  // This comes first: late pictures need not be rotated or converted.
  const late = isLive ? [lateFilter()] : old > 0 ? [`select='gte(n,${old})'`] : [];
  const turns = [
    ...(isSquare ? [] : SQUARE),
    ...ROTATE_FILTERS[rotate],
    ...[...flip ?? ""].map((axis) => `${axis}flip`),
    ...(size ? [`scale=${size.width}:${size.height}:flags=area`] : []),
    ...(isFed || hasOwnSizes(encoder, version) ? [] : [TELLS_SIZE]),
  ];
  if (takesPixels(encoder)) {
    const filters = [...late, ...turns, OPAQUE_FORMATS, ...BORDERS].join(",");
    return ["-vf", filters, "-c:v", "rawvideo", "-pix_fmt", "rgba", ...ownSizes(version)];
  }
  const numbered = [...late, ...turns, ...NUMBERED].join(",");
  return ["-vf", numbered, "-c:v", "mjpeg", ...ffmpegQuality(quality), ...FINE_TIMES];
}

/** Non-square pixels, as in television, are scaled to square ones. */
const SQUARE = ["scale=w='if(eq(sar,1),iw,trunc(iw*sar/2+0.5)*2)':h=ih", "setsar=1"];

/**
 * The encoder rejects a frame whose time isn't after that of the one before, and ffmpeg ends.
 * Cameras' times step back, and nobody reads them here: a frame's time is its arrival. Its number
 * would not do, since ffmpeg counts afresh when pictures change their size or format; nor would the
 * clock alone, which may be set back.
 */
const NUMBERED = [
  "settb=AVTB",
  "setpts='if(isnan(PREV_OUTPTS),RTCTIME,max(RTCTIME,PREV_OUTPTS+1))'",
];
/** Counted in the camera's frames, as they would be, several of those times would coincide. */
const FINE_TIMES = ["-enc_time_base", "1:1000000"];

const ROTATE_FILTERS: Readonly<Record<Rotation, readonly string[]>> = {
  "0": [],
  "90": ["transpose=clock"],
  "180": ["hflip", "vflip"],
  "270": ["transpose=cclock"],
};

const ONE_THREAD = ["-threads", "1"];
const AT_ONCE = ["-flush_packets", "1", "pipe:1"];

/**
 * The arguments that write frames to stdout. One thread: frame threads hold each frame back by one.
 */
export function toStdout(encoder: EncoderName, version: FfmpegVersion): string[] {
  const format = takesPixels(encoder) ? "image2pipe" : "mpjpeg";
  return [...ONE_THREAD, ...passthrough(version), "-f", format, ...AT_ONCE];
}

/** The arguments that write H.264 to stdout, as FLV. */
export const TO_FLV: readonly string[] = [
  "-f",
  "flv",
  "-flvflags",
  "no_duration_filesize",
  ...AT_ONCE,
];

/** The output arguments that keep ffmpeg from inventing or repeating frames. */
export function passthrough({ major, minor }: FfmpegVersion): string[] {
  const hasFpsMode = major > 5 || major === 5 && minor >= 1;
  return hasFpsMode ? ["-fps_mode", "passthrough"] : ["-vsync", "passthrough"];
}
