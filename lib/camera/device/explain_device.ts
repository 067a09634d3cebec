import { type AccessFacts, accessRemedy, readAccess } from "./device_access.ts";
import { type Holder, holdersOf, nameHolders } from "./holders.ts";
import type { Failure, FailureCode } from "../../frame/source_error.ts";
import type { Mode } from "../../ffmpeg/mode/modes.ts";
import { hasSize } from "../../ffmpeg/mode/sizes.ts";
import {
  describeModes,
  describeUnreadable,
  parseRefusal,
  type WantedMode,
} from "./offered_modes.ts";

/** The facts that an explanation is based on. */
export interface FfmpegWords {
  /** The input's name. */
  what: string;
  /** The words of ffmpeg. */
  words: string;
  /** The number of frames it had delivered. */
  frames: number;
  /** The modes that the camera offers, as far as they are known. */
  modes: readonly Mode[];
  /** The requested mode. */
  wanted: WantedMode | undefined;
}

/** The system's view of a device. */
export interface SystemView {
  /** The operating system. */
  os: typeof Deno.build.os;
  /** Finds the programs that have it open. */
  holders(device: string): Promise<Holder[]>;
  /** Finds out who may open it. */
  access(device: string): Promise<AccessFacts | undefined>;
}

/** Words that ffmpeg prints, and their meaning. */
export type FailureReason = readonly [
  RegExp,
  (told: FfmpegWords, system: SystemView) => Failure | Promise<Failure>,
];

/** Makes a reason whose words depend only on the input's name. */
export function says(code: FailureCode, words: (what: string) => string): FailureReason[1] {
  return ({ what }) => ({ code, reason: words(what) });
}

/** The system wscam runs on. */
export const SYSTEM: SystemView = {
  os: Deno.build.os,
  holders: holdersOf,
  access: readAccess,
};

/** The reasons for devices that send pictures, or should by now. The first match counts. */
const STREAM_REASONS: readonly FailureReason[] = [
  [
    /No space left on device/,
    says(
      "bandwidth",
      (what) =>
        `can't be opened: the USB bus is full (${what}); a smaller size, MJPEG, or another port`,
    ),
  ],
  [
    /Link has been severed|No data available|No locks available/,
    says("signal", (what) => `has no signal: nothing is plugged into ${what}, or it sends nothing`),
  ],
  [
    // EPROTO, EPIPE, EILSEQ and EOVERFLOW: packets arrived damaged, or not at all.
    /Protocol error|Broken pipe|Invalid or incomplete multibyte|Illegal byte sequence|Value too large/,
    says(
      "failed",
      (what) =>
        `has trouble on its USB cable (${what}): plug it in again, with another cable or port`,
    ),
  ],
  [
    /Timer expired|ETIME\b|timed out/,
    says("failed", (what) => `doesn't answer in time (${what}): plug it in again`),
  ],
  [/DQBUF.*Input\/output error/, unreadable],
  [
    /Cannot allocate memory/,
    says(
      "failed",
      (what) => `can't get memory for its pictures (${what}): choose a smaller '--resolution'`,
    ),
  ],
  [/No such device(?! or address)|transport endpoint shutdown/, gone],
];

/** The reasons for devices on Linux, macOS and Windows while they are being opened. */
const OPENING_REASONS: readonly FailureReason[] = [
  // This comes first: "No such device" follows these words.
  [/Not a video capture device|Inappropriate ioctl|No such device or address/i, isNoCamera],
  ...STREAM_REASONS,
  [
    /No such file or directory|Could not find video device|Video device not found|Invalid device index/i,
    isNotThere,
  ],
  [/Device or resource busy|already in use|Could not run graph/i, isBusy],
  // After "Failed to create", macOS goes on in the user's language: "Cannot use FaceTime HD
  // Camera".
  [
    /Permission denied|not authorized|Operation not permitted|Failed to create AV capture input device/i,
    isForbidden,
  ],
  [/Selected (framerate|video size).*not supported|Could not set video options/i, hasNoSuchMode],
  [/VIDIOC_S_(FMT|PARM)\): Invalid argument|Cannot find a proper format/, hasNoSuchMode],
  [
    /VIDIOC_(STREAMON|REQBUFS)\): Invalid argument/,
    says(
      "mode",
      (what) =>
        `accepts a mode, but doesn't start in it (${what}): choose another '--resolution' or '--fps'`,
    ),
  ],
  [/Input\/output error/, unreadable],
  [
    /Invalid argument/,
    says(
      "failed",
      (what) =>
        `doesn't work (${what}): plug it in again, or choose another '--resolution' or '--fps'`,
    ),
  ],
];

/** Errors after which no more pictures come. */
const STOPPED: FailureReason = [/VIDIOC_DQBUF\): /, stopped];

/**
 * The reasons for a device, by the number of frames it has sent: after the first frame, errors
 * about opening no longer count.
 */
export function deviceReasons(frames: number): readonly FailureReason[] {
  return frames > 0 ? [...STREAM_REASONS, STOPPED] : OPENING_REASONS;
}

function gone({ what, frames }: FfmpegWords): Failure {
  if (frames > 0) return { code: "gone", reason: "was unplugged" };
  return { code: "missing", reason: `isn't there: nothing is behind ${what} any more; plug it in` };
}

function unreadable({ what, frames }: FfmpegWords): Failure {
  if (frames > 0) return { code: "gone", reason: "was unplugged" };
  return {
    code: "failed",
    reason: `can't be read (${what}): plug it in again, or into another port`,
  };
}

function stopped({ what, words }: FfmpegWords): Failure {
  const [, error] = words.match(/VIDIOC_DQBUF\): (.*)/) ?? [];
  const reason = `gives no more pictures (${what}): ${error}; plug it in again`;
  return { code: "failed", reason };
}

function isNotThere({ what }: FfmpegWords): Failure {
  return { code: "missing", reason: `isn't there: ${what} does not exist` };
}

async function isBusy({ what }: FfmpegWords, { os, holders }: SystemView): Promise<Failure> {
  const known = os === "linux" ? await holders(what) : [];
  return { code: "busy", reason: `is busy: ${nameHolders(known, Deno.pid)} ${what}` };
}

async function isForbidden({ what }: FfmpegWords, { os, access }: SystemView): Promise<Failure> {
  const remedy = os === "linux"
    ? accessRemedy(what, await access(what))
    : os === "darwin"
    ? "allow the camera for your terminal in System Settings, Privacy & Security, Camera"
    : "allow it in the system's privacy settings";
  return {
    code: "permission",
    reason: `can't be opened: no permission for ${what}; ${remedy}`,
  };
}

function hasNoSuchMode(told: FfmpegWords): Failure {
  return { code: "mode", reason: whyNotThatMode(told) };
}

function whyNotThatMode({ what, words, modes, wanted }: FfmpegWords): string {
  const choose = "with '--resolution' and '--fps'";
  const known = modes.length > 0 ? modes : parseRefusal(words);
  if (wanted === undefined || known.length === 0) {
    return `does not offer that size and rate (${what}): choose another ${choose}`;
  }
  const { width, height, fps } = wanted;
  if (known.every(({ isUnreadable }) => isUnreadable)) return describeUnreadable(known);
  if (modes.some((mode) => offers(mode, wanted))) {
    return `refuses ${width}x${height} at ${fps} fps (${what}), although it claims to offer that: ` +
      `plug it in again, or choose another ${choose}`;
  }
  const offered = describeModes(known, wanted);
  return `does not offer ${width}x${height} at ${fps} fps (${what}): it offers ${offered}; ` +
    `choose ${choose}`;
}

function isNoCamera({ what }: FfmpegWords): Failure {
  return { code: "unsupported", reason: `can't be opened: ${what} is not a camera` };
}

function offers(mode: Mode, wanted: WantedMode): boolean {
  const isFast = mode.fps.length === 0 || Math.max(...mode.fps) >= wanted.fps;
  return !mode.isUnreadable && hasSize(mode, wanted) && isFast;
}
