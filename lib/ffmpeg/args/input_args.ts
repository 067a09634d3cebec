import type { Capture } from "../../frame/capture.ts";
import { MAX_PIXELS } from "../../jpeg/shown_size.ts";
import { type CameraOs, DEVICE_FORMAT, type FfmpegInput, type UrlInput } from "../input.ts";
import type { ChosenMode } from "../mode/choose_mode.ts";
import { stillArgs, stillsOf } from "./still.ts";
import { fileWhitelist, isHls, isPlaylist, urlWhitelist } from "./whitelist.ts";

/** How an input is opened. */
export interface InputArgsOptions extends Pick<Capture, "resolution" | "fps"> {
  /** The system that ffmpeg runs on. */
  os: CameraOs;
  /** The mode to ask a device for, where its modes are known. */
  mode?: ChosenMode | undefined;
  /** Whether what comes is passed on, from its first packet. @default {false} */
  isPassed?: boolean;
  /** Whether what comes from an address is MPEG-TS. @default {false} */
  isTransport?: boolean;
  /** Whether JPEG comes: from a device that hasn't said what it has, it is asked for. @default {false} */
  mjpeg?: boolean;
}

/** A picture of 16,000 x 16,000 in 1 MB takes ffmpeg 420 MB to decode: it is refused by its header. */
export const BOUNDED: readonly string[] = ["-max_pixels", String(MAX_PIXELS)];

/** Below this a camera lengthens its exposure or refuses; what is too much is dropped by us. */
const MIN_LINUX_FPS = 5;
/** macOS and Windows refuse a rate that the camera doesn't list; every camera lists this one. */
const USUAL_FPS = 30;

/** Formats that Windows' cameras send besides raw pictures. */
const CODECS = ["mjpeg", "h264", "hevc"];

/** The arguments that open an input. */
export function inputArgs(input: FfmpegInput, options: InputArgsOptions): string[] {
  switch (input.kind) {
    case "device":
      return deviceArgs(input.device, options);
    case "url":
      // A playlist's parts come faster than they were taken, each at once.
      return [...isPlaylist(input.url) ? ["-re"] : [], ...urlArgs(input, options)];
    case "file": {
      const stills = stillsOf(input.path);
      const again = stills ? stillArgs(stills, input.path, options.fps) : ["-stream_loop", "-1"];
      return ["-re", ...again, ...fileArgs(input.path)];
    }
  }
}

/** ffmpeg would look 5 s for the sound of a stream that has none, in microseconds. */
const FLASH_ANALYSIS_US = 500_000;

/**
 * ffmpeg would look 5 s for further programs in MPEG-TS, however soon it knows those that are there. It does wait for
 * the size of pictures, which is told every 10 s by some, in microseconds and bytes.
 */
const TRANSPORT_ANALYSIS = [
  ...["-scan_all_pmts", "0"],
  ...["-analyzeduration", "12000000", "-probesize", "20000000"],
];

/** Decoders hold nothing back. */
const LOW_DELAY = ["-flags", "low_delay"];

/** The arguments that open an address. */
export function urlArgs(
  { url, via = url }: Omit<UrlInput, "kind">,
  { isPassed = false, isTransport = false, isBrief = false }:
    & Pick<InputArgsOptions, "isPassed" | "isTransport">
    & { isBrief?: boolean } = {},
): string[] {
  // Over UDP a lost packet tears pictures, and many routers let none through.
  const rtsp = /^rtsps?:/i.test(url) ? ["-rtsp_transport", "tcp"] : [];
  const brief = isBrief
    ? ["-analyzeduration", "0", "-probesize", "32"]
    : isFlash(url)
    ? ["-analyzeduration", String(FLASH_ANALYSIS_US)]
    : isTransport
    ? TRANSPORT_ANALYSIS
    : [];
  // Nobody asks for its rate, which takes ffmpeg twenty pictures to find out.
  // Not `nobuffer`: it would cost the first key frame, and the next one may be ten seconds away.
  const delay = isPassed ? [] : LOW_DELAY;
  // ffmpeg would begin two parts before the newest.
  const newest = isHls(url) ? ["-live_start_index", "-1"] : [];
  const opening = ["-fpsprobesize", "0", ...brief, ...delay, ...newest];
  return [...opening, ...rtsp, ...urlWhitelist(via), "-i", via];
}

/** The arguments that open a file: `file:` keeps its name from being taken for anything else. */
export function fileArgs(path: string): string[] {
  return [...fileWhitelist(path), "-i", `file:${path}`];
}

/**
 * The arguments of an ffmpeg that takes pictures from its stdin, each at once, and says only what ends it.
 *
 * @param how more about its input
 */
export function stdinArgs(format: string, how: readonly string[]): string[] {
  const quiet = ["-hide_banner", "-nostats", "-loglevel", "error"];
  // Not `nobuffer`: it would cost the first picture.
  const atOnce = ["-probesize", "32", "-analyzeduration", "0", "-threads", "1"];
  const input = ["-f", format, "-i", "pipe:0", "-map", "0:v:0"];
  return [...quiet, ...how, ...BOUNDED, ...atOnce, ...input];
}

/** Whether a stream is in FLV, which says at once what its pictures are, but never that there is no sound. */
function isFlash(url: string): boolean {
  return /^rtmps?:|^https?:[^?#]+\.flv(?:$|[?#])/i.test(url);
}

/** Whether an address is one of those over which MPEG-TS comes as a rule. */
export function isTransportStream(url: string): boolean {
  return /^(udp|tcp|srt):|^https?:[^?#]+\.m?2?ts(?:$|[?#])/i.test(url);
}

/** Whether packets come without a word of where a picture ends, which isn't so in RTMP and HTTP's containers. */
export function isHeld(url: string): boolean {
  return /^(rtsps?|rtp|srt|udp|tcp):/i.test(url);
}

function deviceArgs(
  device: string,
  { os, resolution, fps, mode, mjpeg, isPassed }: InputArgsOptions,
): string[] {
  const { width, height } = mode ?? resolution;
  const size = ["-video_size", `${width}x${height}`];
  const usual = Math.max(os === "linux" ? MIN_LINUX_FPS : USUAL_FPS, fps);
  const rate = ["-framerate", String(mode?.fps ?? usual)];
  const format = mode?.format ?? (mjpeg ? "mjpeg" : undefined);
  // With `nobuffer`, ffmpeg throws packets away, and a key frame may be among them.
  const hasKeyFrames = isPassed || format === "h264" || format === "hevc";
  const delay = [...hasKeyFrames ? [] : ["-fflags", "nobuffer"], ...isPassed ? [] : LOW_DELAY];
  const open = ["-f", DEVICE_FORMAT[os], ...delay, ...size, ...rate];
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
