import type { Capture } from "../../frame/capture.ts";
import { MAX_PIXELS } from "../../jpeg/shown_size.ts";
import { type CameraOs, DEVICE_FORMAT, type FfmpegInput, type UrlInput } from "../input.ts";
import { type ChosenMode, LEAST_FPS } from "../mode/choose_mode.ts";
import { stillArgs, stillsOf } from "./still.ts";
import { fileWhitelist, isHls, isPlaylist, urlWhitelist } from "./whitelist.ts";

/** How an input is opened. */
export interface InputArgsOptions extends Pick<Capture, "resolution" | "fps"> {
  /** The system ffmpeg runs on. */
  os: CameraOs;
  /** The mode to request from a device, if its modes are known. */
  mode?: ChosenMode | undefined;
  /**
   * Whether the stream is passed on, from its first packet.
   *
   * @default {false}
   */
  isPassed?: boolean;
  /**
   * Whether the address delivers MPEG-TS.
   *
   * @default {false}
   */
  isTransport?: boolean;
  /**
   * Whether JPEG comes; it is requested from a device whose modes are unknown.
   *
   * @default {false}
   */
  mjpeg?: boolean;
}

/**
 * A picture of 16,000 x 16,000 in 1 MB takes ffmpeg 420 MB to decode: its header gets it refused.
 */
export const BOUNDED: readonly string[] = ["-max_pixels", String(MAX_PIXELS)];

/** macOS and Windows refuse a rate that the camera doesn't list; every camera lists this one. */
const USUAL_FPS = 30;

/** Formats that cameras on Windows send besides raw pictures. */
const CODECS = ["mjpeg", "h264", "hevc"];

/** The arguments that open an input. */
export function inputArgs(input: FfmpegInput, options: InputArgsOptions): string[] {
  switch (input.kind) {
    case "device":
      return deviceArgs(input.device, options);
    case "url":
      // A playlist's parts arrive in bursts, each at once.
      return [...isPlaylist(input.url) ? ["-re"] : [], ...urlArgs(input, options)];
    case "file": {
      const stills = stillsOf(input.path);
      const again = stills ? stillArgs(stills, input.path, options.fps) : ["-stream_loop", "-1"];
      return ["-re", ...again, ...fileArgs(input.path)];
    }
  }
}

/** ffmpeg would wait 5 s for the sound of a stream without any, in microseconds. */
const FLASH_ANALYSIS_US = 500_000;

/**
 * ffmpeg would wait 5 s for further programs in MPEG-TS, however soon it knows the existing ones.
 * It does wait for the pictures' size, which some streams tell every 10 s, in microseconds and
 * bytes.
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
  // Over UDP a lost packet tears pictures, and many routers block it.
  const rtsp = /^rtsps?:/i.test(url) ? ["-rtsp_transport", "tcp"] : [];
  const brief = isBrief
    ? ["-analyzeduration", "0", "-probesize", "32"]
    : isFlash(url)
    ? ["-analyzeduration", String(FLASH_ANALYSIS_US)]
    : isTransport
    ? TRANSPORT_ANALYSIS
    : [];
  // Nobody needs the stream's rate, and ffmpeg takes twenty pictures to find it out. Not
  // `nobuffer`: it would drop the first key frame, and the next one may be ten seconds away.
  const delay = isPassed ? [] : LOW_DELAY;
  // ffmpeg would start two parts before the newest.
  const newest = isHls(url) ? ["-live_start_index", "-1"] : [];
  const opening = ["-fpsprobesize", "0", ...brief, ...delay, ...newest];
  return [...opening, ...rtsp, ...urlWhitelist(via), "-i", via];
}

/**
 * The arguments that open a file: `file:` keeps its name from being interpreted as anything else.
 */
export function fileArgs(path: string): string[] {
  return [...fileWhitelist(path), "-i", `file:${path}`];
}

/**
 * The arguments of an ffmpeg that reads pictures from stdin, each at once, and reports errors
 * only.
 *
 * @param how further input arguments
 */
export function stdinArgs(format: string, how: readonly string[]): string[] {
  const quiet = ["-hide_banner", "-nostats", "-loglevel", "error"];
  // Not `nobuffer`: it would drop the first picture.
  const atOnce = ["-probesize", "32", "-analyzeduration", "0", "-threads", "1"];
  const input = ["-f", format, "-i", "pipe:0", "-map", "0:v:0"];
  return [...quiet, ...how, ...BOUNDED, ...atOnce, ...input];
}

/**
 * Whether a stream is FLV, which describes its pictures at once, but never says that there is no
 * sound.
 */
function isFlash(url: string): boolean {
  return /^rtmps?:|^https?:[^?#]+\.flv(?:$|[?#])/i.test(url);
}

/** Whether an address usually delivers MPEG-TS. */
export function isTransportStream(url: string): boolean {
  return /^(udp|tcp|srt):|^https?:[^?#]+\.m?2?ts(?:$|[?#])/i.test(url);
}

/** Whether packets don't mark the end of a picture, as they do in RTMP and HTTP's containers. */
export function isHeld(url: string): boolean {
  return /^(rtsps?|rtp|srt|udp|tcp):/i.test(url);
}

function deviceArgs(
  device: string,
  { os, resolution, fps, mode, mjpeg, isPassed }: InputArgsOptions,
): string[] {
  const { width, height } = mode ?? resolution;
  const size = ["-video_size", `${width}x${height}`];
  const usual = Math.max(os === "linux" ? LEAST_FPS : USUAL_FPS, fps);
  const rate = ["-framerate", String(mode?.fps ?? usual)];
  const format = mode?.format ?? (mjpeg ? "mjpeg" : undefined);
  // With `nobuffer`, ffmpeg drops packets, and a key frame may be among them.
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
