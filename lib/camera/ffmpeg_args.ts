import type { FfmpegVersion } from "./ffmpeg_version.ts";

/** The systems whose cameras we know how to open, as `Deno.build.os` names them. */
export type CameraOs = "linux" | "darwin" | "windows";

/** What ffmpeg opens: a device by the name that its input format takes, an address, or a file. */
export type FfmpegInput =
  | { kind: "device"; device: string }
  | { kind: "url"; url: string }
  | { kind: "file"; path: string };

/** What is asked of ffmpeg besides its input. */
export interface FfmpegArgsOptions {
  /** The system that ffmpeg runs on. */
  os: CameraOs;
  /** Asked of a camera; it may deliver another. In pixels. */
  resolution: { width: number; height: number };
  /** Frames a second that are wanted. */
  fps: number;
  /** Which ffmpeg it is. */
  version: FfmpegVersion;
}

/** Below this a camera lengthens its exposure or refuses; what is too much is dropped by us. */
const MIN_LINUX_FPS = 5;
/** macOS and Windows refuse a rate that the camera doesn't list; every camera lists this one. */
const USUAL_FPS = 30;

/** The arguments that make ffmpeg write RGBA frames in PAM to its stdout. */
export function ffmpegArgs(input: FfmpegInput, options: FfmpegArgsOptions): string[] {
  return [
    ...["-hide_banner", "-nostdin", "-nostats", "-loglevel", "warning"],
    ...inputArgs(input, options),
    ...["-map", "0:v:0", "-c:v", "pam", "-pix_fmt", "rgba"],
    // One thread: frame threads hold each frame back by one. No invented or repeated frames.
    ...["-threads", "1", ...passthrough(options.version)],
    ...["-f", "image2pipe", "-flush_packets", "1", "pipe:1"],
  ];
}

function inputArgs(input: FfmpegInput, options: FfmpegArgsOptions): string[] {
  switch (input.kind) {
    case "device":
      return deviceArgs(input.device, options);
    case "url":
      return [...LOW_DELAY, ...rtspArgs(input.url), "-i", input.url];
    case "file":
      // `file:` keeps a name such as `concat:x` or `-i` from being taken for anything else.
      return ["-re", "-stream_loop", "-1", "-i", `file:${input.path}`];
  }
}

const LOW_DELAY = ["-fflags", "nobuffer", "-flags", "low_delay"];

function deviceArgs(device: string, { os, resolution, fps }: FfmpegArgsOptions): string[] {
  const size = ["-video_size", `${resolution.width}x${resolution.height}`];
  const rate = (least: number): string[] => ["-framerate", String(Math.max(least, fps))];
  switch (os) {
    case "linux":
      return ["-f", "v4l2", ...LOW_DELAY, ...size, ...rate(MIN_LINUX_FPS), "-i", device];
    case "darwin":
      return [
        "-f",
        "avfoundation",
        ...LOW_DELAY,
        ...size,
        ...rate(USUAL_FPS),
        "-i",
        `${device}:none`,
      ];
    case "windows": {
      const input = ["-rtbufsize", "64M", "-i", `video=${device}`];
      return ["-f", "dshow", ...LOW_DELAY, ...size, ...rate(USUAL_FPS), ...input];
    }
  }
}

/** Over UDP a lost packet tears pictures, and many routers let none through. */
function rtspArgs(url: string): string[] {
  return /^rtsps?:/i.test(url) ? ["-rtsp_transport", "tcp"] : [];
}

function passthrough({ major, minor }: FfmpegVersion): string[] {
  const hasFpsMode = major > 5 || major === 5 && minor >= 1;
  return hasFpsMode ? ["-fps_mode", "passthrough"] : ["-vsync", "passthrough"];
}
