import { BORDERS, OPAQUE_FORMATS } from "./output/bordered.ts";
import { DROP_DAMAGED } from "./damage.ts";
import { ffmpegQuality } from "./ffmpeg_quality.ts";
import type { FfmpegVersion } from "./ffmpeg_version.ts";
import { type Capture, DEFAULT_QUALITY } from "../frame/capture.ts";
import type { Rotation } from "../frame/orientation.ts";
import { MAX_PIXELS } from "../jpeg/shown_size.ts";
import { lateFilter, latePackets, packetTimes } from "./lateness.ts";
import type { ChosenMode } from "./mode/choose_mode.ts";
import { hasOwnSizes, ownSizes, TELLS_SIZE } from "./output/own_size.ts";
import { stillArgs, stillsOf } from "./still.ts";
import type { EncoderName } from "./mode/plan.ts";
import { fileWhitelist, isPlaylist, urlWhitelist } from "./whitelist.ts";

/** The systems whose cameras we know how to open, as `Deno.build.os` names them. */
export type CameraOs = "linux" | "darwin" | "windows";

/**
 * An input that ffmpeg opens: a device by the name that its input format takes, an address, or a
 * file.
 */
export type FfmpegInput =
  | { kind: "device"; device: string }
  | { kind: "url"; url: string }
  | { kind: "file"; path: string };

/** Wishes beyond the input; a capture's value that is left out stays as the source has it. */
export interface FfmpegArgsOptions
  extends
    Pick<Capture, "resolution" | "fps">,
    Partial<Pick<Capture, "quality" | "rotate" | "flip">> {
  /** The system that ffmpeg runs on. */
  os: CameraOs;
  /** The version of ffmpeg. */
  version: FfmpegVersion;
  /** The encoder that makes the JPEG. @default {"imagescript"} */
  encoder?: EncoderName;
  /** The mode to ask a device for, where its modes are known. */
  mode?: ChosenMode | undefined;
  /** Whether what comes is passed on, from its first packet. @default {false} */
  isPassed?: boolean;
  /** Whether JPEG comes: from a device that hasn't said what it has, it is asked for. @default {false} */
  mjpeg?: boolean;
}

/** A picture of 16,000 x 16,000 in 1 MB takes ffmpeg 420 MB to decode: it is refused by its header. */
const BOUNDED = ["-max_pixels", String(MAX_PIXELS)];

/** Below this a camera lengthens its exposure or refuses; what is too much is dropped by us. */
const MIN_LINUX_FPS = 5;
/** macOS and Windows refuse a rate that the camera doesn't list; every camera lists this one. */
const USUAL_FPS = 30;

/** Formats that Windows' cameras send besides raw pictures. */
const CODECS = ["mjpeg", "h264", "hevc"];

/** ffmpeg's input format for the devices of each system. */
export const DEVICE_FORMAT: Readonly<Record<CameraOs, string>> = {
  linux: "v4l2",
  darwin: "avfoundation",
  windows: "dshow",
};

/** The arguments that make ffmpeg write RGBA frames between borders, or JPEG in mpjpeg, to its stdout. */
export function ffmpegArgs(input: FfmpegInput, options: FfmpegArgsOptions): string[] {
  const { encoder = "imagescript", mjpeg, version } = options;
  const isLive = input.kind === "url";
  const times = input.kind === "url" && encoder !== "copy"
    ? packetTimes(version, isHeld(input.url))
    : [];
  return [
    "-hide_banner",
    "-nostdin",
    "-nostats",
    "-loglevel",
    "repeat+warning",
    ...(mjpeg && encoder !== "copy" ? DROP_DAMAGED : []),
    ...BOUNDED,
    ...inputArgs(input, options),
    // 'V' is what moves: the cover of a song is none.
    "-map",
    input.kind === "file" ? "0:V:0" : "0:v:0",
    ...outputArgs({ ...options, encoder, isLive, isSquare: input.kind === "device" }),
    ...toStdout(encoder, version),
    ...times,
  ];
}

/** The arguments that make ffmpeg write an input's own H.264 to its stdout, in FLV. */
export function passArgs(input: FfmpegInput, options: FfmpegArgsOptions): string[] {
  return [
    ...["-hide_banner", "-nostdin", "-nostats", "-loglevel", "repeat+warning"],
    ...inputArgs(input, { ...options, isPassed: true }),
    ...["-map", input.kind === "file" ? "0:V:0" : "0:v:0", "-c:v", "copy"],
    ...["-f", "flv", "-flvflags", "no_duration_filesize", "-flush_packets", "1", "pipe:1"],
  ];
}

/** The arguments that make ffmpeg write a frame for each picture in H.264 that is written to its stdin in FLV. */
export function unitArgs(
  { encoder, version, ...options }:
    & Partial<Pick<Capture, "quality">>
    & { encoder: EncoderName; version: FfmpegVersion },
): string[] {
  return [
    ...["-hide_banner", "-nostats", "-loglevel", "error"],
    ...BOUNDED,
    // Not `nobuffer`: it would cost the first picture.
    ...["-flags", "low_delay", "-probesize", "32", "-analyzeduration", "0", "-threads", "1"],
    ...["-f", "flv", "-i", "pipe:0", "-map", "0:v:0"],
    ...outputArgs({ ...options, encoder, version, isLive: false, isSquare: false }),
    ...["-threads", "1", ...passthrough(version)],
    ...["-f", encoder === "imagescript" ? "image2pipe" : "mpjpeg"],
    ...["-flush_packets", "1", "pipe:1"],
  ];
}

/** The arguments that make ffmpeg write a frame for each JPEG picture that is written to its stdin. */
export function pictureArgs(
  { encoder, version, isStrict = false, ...options }:
    & Partial<Pick<Capture, "quality" | "rotate" | "flip">>
    & { encoder: EncoderName; version: FfmpegVersion; isStrict?: boolean },
): string[] {
  return [
    // It ends at what is no picture: we would wait for what never comes.
    "-hide_banner",
    "-nostats",
    "-loglevel",
    "error",
    "-xerror",
    ...isStrict ? DROP_DAMAGED : [],
    ...BOUNDED,
    // Not `nobuffer`: it would cost the first picture.
    "-probesize",
    "32",
    "-analyzeduration",
    "0",
    "-threads",
    "1",
    "-f",
    "mpjpeg",
    "-i",
    "pipe:0",
    "-map",
    "0:v:0",
    ...outputArgs({ ...options, encoder, version, ...FED }),
    ...toStdout(encoder, version),
  ];
}

/** The arguments that open an address. */
export function urlArgs(url: string, { isPassed = false } = {}): string[] {
  // Over UDP a lost packet tears pictures, and many routers let none through.
  const rtsp = /^rtsps?:/i.test(url) ? ["-rtsp_transport", "tcp"] : [];
  // Nobody asks for its rate, which takes ffmpeg twenty pictures to find out.
  return ["-fpsprobesize", "0", ...openingArgs(isPassed), ...rtsp, ...urlWhitelist(url), "-i", url];
}

/** The arguments that open a file: `file:` keeps its name from being taken for anything else. */
export function fileArgs(path: string): string[] {
  return [...fileWhitelist(path), "-i", `file:${path}`];
}

function inputArgs(input: FfmpegInput, options: FfmpegArgsOptions): string[] {
  switch (input.kind) {
    case "device":
      return deviceArgs(input.device, options);
    case "url":
      // A playlist's parts come faster than they were taken, each at once.
      return [...isPlaylist(input.url) ? ["-re"] : [], ...urlArgs(input.url, options)];
    case "file": {
      const stills = stillsOf(input.path);
      const again = stills ? stillArgs(stills, input.path, options.fps) : ["-stream_loop", "-1"];
      return ["-re", ...again, ...fileArgs(input.path)];
    }
  }
}

/** Whether packets come without a word of where a picture ends, which isn't so in RTMP and HTTP's containers. */
function isHeld(url: string): boolean {
  return /^(rtsps?|rtp|srt|udp|tcp):/i.test(url);
}

/** What `nobuffer` throws away may be the key frame. */
function openingArgs(isPassed = false): string[] {
  return isPassed ? [] : ["-fflags", "nobuffer", "-flags", "low_delay"];
}

function deviceArgs(
  device: string,
  { os, resolution, fps, mode, mjpeg, isPassed }: FfmpegArgsOptions,
): string[] {
  const { width, height } = mode ?? resolution;
  const size = ["-video_size", `${width}x${height}`];
  const usual = Math.max(os === "linux" ? MIN_LINUX_FPS : USUAL_FPS, fps);
  const rate = ["-framerate", String(mode?.fps ?? usual)];
  const format = mode?.format ?? (mjpeg ? "mjpeg" : undefined);
  const open = ["-f", DEVICE_FORMAT[os], ...openingArgs(isPassed), ...size, ...rate];
  switch (os) {
    case "linux":
      return [...open, ...(format ? ["-input_format", format] : []), "-i", device];
    case "darwin":
      return [...open, "-i", `${device}:none`];
    case "windows": {
      const option = format && CODECS.includes(format) ? "-vcodec" : "-pixel_format";
      return [
        ...open,
        ...(format ? [option, format] : []),
        "-rtbufsize",
        "64M",
        "-i",
        `video=${device}`,
      ];
    }
  }
}

/** Pictures on its stdin come in time, in square pixels, and in one size. */
const FED = { isLive: false, isSquare: true, isFed: true };

function outputArgs(
  {
    encoder,
    version,
    isLive,
    isSquare,
    isFed = false,
    quality = DEFAULT_QUALITY,
    rotate = "0",
    flip,
  }: Partial<Pick<Capture, "quality" | "rotate" | "flip">> & {
    encoder: EncoderName;
    version: FfmpegVersion;
    isLive: boolean;
    isSquare: boolean;
    isFed?: boolean;
  },
): string[] {
  if (encoder === "copy") return ["-c:v", "copy", ...isLive ? latePackets(version) : []];
  // First of all: what is late is neither turned nor converted.
  const late = isLive ? [lateFilter()] : [];
  const turns = [
    ...(isSquare ? [] : SQUARE),
    ...ROTATE_FILTERS[rotate],
    ...[...flip ?? ""].map((axis) => `${axis}flip`),
    ...(isFed || hasOwnSizes(encoder, version) ? [] : [TELLS_SIZE]),
  ];
  if (encoder === "imagescript") {
    const filters = [...late, ...turns, OPAQUE_FORMATS, ...BORDERS].join(",");
    return ["-vf", filters, "-c:v", "rawvideo", "-pix_fmt", "rgba", ...ownSizes(version)];
  }
  const numbered = [...late, ...turns, ...NUMBERED].join(",");
  return ["-vf", numbered, "-c:v", "mjpeg", ...ffmpegQuality(quality), ...FINE_TIMES];
}

/** Pixels that aren't square, as televisions have them, become as many as they are wide. */
const SQUARE = ["scale=w='if(eq(sar,1),iw,trunc(iw*sar/2+0.5)*2)':h=ih", "setsar=1"];

/**
 * The encoder refuses a frame whose time isn't after that of the one before, and ffmpeg ends. Cameras' times step
 * back, and nobody here reads them: each frame's is when it came. Its number would not do, for ffmpeg begins to
 * count anew when pictures change their size or format; nor the clock alone, which may be set back.
 */
const NUMBERED = [
  "settb=AVTB",
  "setpts='if(isnan(PREV_OUTPTS),RTCTIME,max(RTCTIME,PREV_OUTPTS+1))'",
];
/** Counted in the camera's frames, as they would be, several of those times are one. */
const FINE_TIMES = ["-enc_time_base", "1:1000000"];

const ROTATE_FILTERS: Readonly<Record<Rotation, readonly string[]>> = {
  "0": [],
  "90": ["transpose=clock"],
  "180": ["hflip", "vflip"],
  "270": ["transpose=cclock"],
};

/** One thread: frame threads hold each frame back by one. No invented or repeated frames. */
function toStdout(encoder: EncoderName, version: FfmpegVersion): string[] {
  return [
    "-threads",
    "1",
    ...passthrough(version),
    "-f",
    encoder === "imagescript" ? "image2pipe" : "mpjpeg",
    "-flush_packets",
    "1",
    "pipe:1",
  ];
}

/** The output arguments that keep ffmpeg from inventing or repeating frames. */
export function passthrough({ major, minor }: FfmpegVersion): string[] {
  const hasFpsMode = major > 5 || major === 5 && minor >= 1;
  return hasFpsMode ? ["-fps_mode", "passthrough"] : ["-vsync", "passthrough"];
}
