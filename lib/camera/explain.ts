import { redactUrls } from "../log/secrets.ts";
import type { FfmpegInput } from "./ffmpeg_args.ts";
import { redactUrl } from "./source_spec.ts";

/** What is known of an ffmpeg that ended. */
export interface Ending {
  /** What it was to open. */
  input: FfmpegInput;
  /** Its exit status. */
  status: number;
  /** The last lines it wrote to stderr. */
  lastWords: readonly string[];
  /** How many frames it had delivered. */
  frames: number;
}

/**
 * Turns what ffmpeg says into what happened, in words that follow a camera's name: "is busy: …".
 * Passwords in addresses are taken out.
 */
export function explain(ending: Ending): string {
  const what = inputName(ending.input);
  const url = ending.input.kind === "url" ? ending.input.url : undefined;
  const lines = ending.lastWords
    // ffmpeg says so of every JPEG, and goes on.
    .filter((line) => !line.includes("deprecated pixel format used"))
    .map((line) => redactUrls(url === undefined ? line : line.replaceAll(url, what)));
  const words = lines.join("\n");
  for (const [pattern, says] of reasonsFor(ending)) {
    if (pattern.test(words)) return says(what, ending.frames > 0);
  }
  const last = (lines.at(-1) ?? "").replace(/^\[[^\]]*\] /, "");
  const said = last === "" ? "without a word" : `and said: ${last}`;
  if (ending.status === 0) {
    return ending.frames > 0 ? `ended (${what})` : `gave no picture (${what})`;
  }
  return `failed (${what}): ffmpeg ended with status ${ending.status} ${said}`;
}

function reasonsFor({ input, frames }: Ending): readonly Reason[] {
  if (input.kind === "device") return DEVICE_REASONS;
  return frames > 0 ? NETWORK_REASONS : [...NETWORK_REASONS, ...OPENING_REASONS];
}

type Reason = readonly [RegExp, (what: string, ranBefore: boolean) => string];

const DEVICE_REASONS: readonly Reason[] = [
  // First: what follows these words is "No such device".
  [/Not a video capture device|Inappropriate ioctl|No such device or address/i, isNoCamera],
  [/No such device|Input\/output error.*DQBUF|DQBUF.*(No such device|Input\/output error)/, gone],
  [/No such file or directory|Could not find video device|Invalid device index/i, isNotThere],
  [/Device or resource busy|already in use|Could not run graph/i, isBusy],
  [/Permission denied|not authorized|Operation not permitted/i, isForbidden],
  [/Selected (framerate|video size).*not supported|Could not set video options/i, hasNoSuchMode],
];

const NETWORK_REASONS: readonly Reason[] = [
  [/Connection refused/, (what) => `can't be reached: ${what} refuses connections`],
  [
    /timed out|No route to host|Network is unreachable/i,
    (what) => `can't be reached: ${what} does not answer`,
  ],
  [
    /Failed to resolve|Name or service not known/i,
    (what) => `can't be reached: there is no host of that name (${what})`,
  ],
];

/** Only before the first picture: later these words are about a single packet. */
const OPENING_REASONS: readonly Reason[] = [
  [/No such file or directory/, (what) => `isn't there: ${what} does not exist`],
  [
    /401 Unauthorized|403 Forbidden/,
    (what) => `is not allowed to see ${what}: check user and password in its URL`,
  ],
  [/404 Not Found/, (what) => `isn't there: ${what} is not found on that server`],
  [/Permission denied/, (what) => `can't be opened: no permission to read ${what}`],
  [/Invalid data found/, (what) => `can't be shown: ${what} is no video that ffmpeg knows`],
  [
    /matches no streams|does not contain any stream/,
    (what) => `can't be shown: there is no picture in ${what}`,
  ],
];

function gone(what: string, ranBefore: boolean): string {
  return ranBefore ? "was unplugged" : isNotThere(what);
}

function isNotThere(what: string): string {
  return `isn't there: ${what} does not exist`;
}

function isBusy(what: string): string {
  return `is busy: another program uses ${what}`;
}

function isForbidden(what: string): string {
  const remedy: Record<string, string> = {
    darwin: "allow the camera for your terminal in System Settings, Privacy & Security, Camera",
    linux: "join the group 'video' (sudo usermod -aG video $USER) and log in again",
  };
  return `can't be opened: no permission for ${what}; ${
    remedy[Deno.build.os] ?? "allow it in the system's privacy settings"
  }`;
}

function hasNoSuchMode(what: string): string {
  return `does not offer that size and rate (${what}): choose another with '--resolution' and '--fps'`;
}

function isNoCamera(what: string): string {
  return `can't be opened: ${what} is not a camera`;
}

function inputName(input: FfmpegInput): string {
  switch (input.kind) {
    case "device":
      return input.device;
    case "url":
      return redactUrl(input.url);
    case "file":
      return input.path;
  }
}
