import { redactUrls } from "../../log/secrets.ts";
import {
  deviceReasons,
  type FailureReason,
  type FfmpegWords,
  says,
  SYSTEM,
  type SystemView,
} from "../device/explain_device.ts";
import { isOfOnePicture } from "../../ffmpeg/damage.ts";
import type { FfmpegInput } from "../../ffmpeg/input.ts";
import type { Failure } from "../../frame/source_error.ts";
import type { Mode } from "../../ffmpeg/mode/modes.ts";
import type { WantedMode } from "../device/offered_modes.ts";
import { redactUrl } from "../address.ts";

/** The facts about an ffmpeg that has ended. */
export interface RunEnding {
  /** The input it was to open. */
  input: FfmpegInput;
  /** Its exit status. */
  status: number;
  /** The last lines it wrote to stderr. */
  lastWords: readonly string[];
  /** The number of frames it had delivered. */
  frames: number;
  /** The mode requested of a camera. */
  wanted?: WantedMode;
  /** The modes that it offers, as far as they are known. */
  modes?: readonly Mode[];
}

/**
 * Complaints about single pictures, after which ffmpeg goes on; and its note that a message was
 * repeated.
 */
const HARMLESS = new RegExp(
  [
    "deprecated pixel format used",
    "non monotonically increasing dts",
    "^ *Last message repeated ",
    // Complaints about cameras that can be opened all the same.
    "VIDIOC_G_PARM|Time per frame unknown|The driver changed the ",
  ].join("|"),
);

/** Words that ffmpeg adds when nothing has come, and which aren't the reason. */
const OF_NO_END =
  /Could not find codec parameters|Consider increasing|still owned by the caller|Output file is empty|Terminating thread/;

/**
 * A shell's exit status for a command that was ended by a signal; only signals that ffmpeg doesn't
 * handle.
 */
const KILLED: ReadonlyMap<number, string> = new Map([
  [134, "SIGABRT"],
  [135, "SIGBUS"],
  [136, "SIGFPE"],
  [137, "SIGKILL"],
  [139, "SIGSEGV"],
]);

/**
 * Turns ffmpeg's output, and what the system knows, into a reason, in words that follow a camera's
 * name: "is busy: …". Passwords in addresses are removed.
 */
export async function explain(ending: RunEnding, system: SystemView = SYSTEM): Promise<Failure> {
  const { input } = ending;
  const what = inputName(input);
  const opened = input.kind === "url" ? input.via ?? input.url : undefined;
  const lines = ending.lastWords
    .filter((line) => !HARMLESS.test(line) && !isOfOnePicture(line))
    .map((line) => redactUrls(opened === undefined ? line : line.replaceAll(opened, what)));
  const words = lines.join("\n");
  const { frames, modes = [], wanted } = ending;
  for (const [pattern, says] of reasonsFor(ending)) {
    if (pattern.test(words)) return await says({ what, words, frames, modes, wanted }, system);
  }
  const { status } = ending;
  if (status === 0) {
    const said = lines.findLast((line) => line !== "" && !OF_NO_END.test(line));
    const how = frames > 0 ? `ended (${what})` : `gave no picture (${what})`;
    const reason = said === undefined ? how : `${how}: ffmpeg said: ${withoutContext(said)}`;
    return { code: "ended", reason };
  }
  const signal = KILLED.get(status);
  const how = signal ? `was killed by ${signal}` : `ended with status ${status}`;
  const last = withoutContext(lines.at(-1) ?? "");
  const said = last !== "" && signal !== "SIGKILL"
    ? ` and said: ${last}`
    : signal
    ? ""
    : " without a word";
  return { code: "failed", reason: `failed (${what}): ffmpeg ${how}${said}` };
}

/** A line without the name of the ffmpeg component that wrote it. */
function withoutContext(line: string): string {
  return line.replace(/^\[[^\]]*\] /, "");
}

function reasonsFor({ input, frames }: RunEnding): readonly FailureReason[] {
  if (input.kind === "device") return deviceReasons(frames);
  const lasting = [...NETWORK_REASONS, TOO_LARGE];
  return frames > 0 ? lasting : [...lasting, ...OPENING_REASONS];
}

const NETWORK_REASONS: readonly FailureReason[] = [
  [
    /Connection refused/,
    says("unreachable", (what) => `can't be reached: ${what} refuses connections`),
  ],
  [
    /timed out|No route to host|Network is unreachable/i,
    says("unreachable", (what) => `can't be reached: ${what} does not answer`),
  ],
  [
    /Failed to resolve|Name or service not known/i,
    says("unreachable", (what) => `can't be reached: there is no host of that name (${what})`),
  ],
];

/** At any time: the first picture may have been a small one. */
const TOO_LARGE: FailureReason = [
  /exceeds specified max pixel count/,
  says("unsupported", (what) => `can't be shown: ${what} has pictures larger than two of 8K`),
];

/**
 * Formats that ffmpeg treats as a list of other files or addresses; 7.1 doesn't even probe one
 * without that ending.
 */
const LIST =
  /\[(?:hls|dash|concat|sdp|imf)\b[^\]]* @ [^\]]*\] Format not on whitelist|Not detecting m3u8/;
/** Formats that it treats as sound. */
const SOUND_FORMATS =
  "mp3|flac|ogg|wav|w64|aac|aiff|e?ac[34]|amr\\w*|caf|au|voc|tta|wv|ape|mpc8?|dts|dtshd|dsf|tak|truehd|mlp|loas|oma|shn";
const SOUND = new RegExp(`\\[(?:${SOUND_FORMATS}) @ [^\\]]*\\] Format not on whitelist`);
const LISTS_RULE = "one is followed where its own name ends in .m3u8, .mpd or .sdp";

/** ffmpeg doesn't always say whether there is a cover. */
const noVideo = says(
  "unsupported",
  (what) => `can't be shown: ${what} contains no video, at most sound and a cover`,
);

/** Only before the first picture: later these words concern a single packet. */
const OPENING_REASONS: readonly FailureReason[] = [
  [SOUND, noVideo],
  [
    LIST,
    says(
      "unsupported",
      (what) => `can't be shown: ${what} is a playlist, not a video; ${LISTS_RULE}`,
    ),
  ],
  [/Format not on whitelist/, isOfAnotherKind],
  [/No such file or directory/, says("missing", (what) => `isn't there: ${what} does not exist`)],
  [
    /401 Unauthorized|403 Forbidden/,
    says("refused", (what) => `is not allowed to see ${what}: check user and password in its URL`),
  ],
  [/404 Not Found/, says("missing", (what) => `isn't there: ${what} is not found on that server`)],
  [
    /Permission denied/,
    says("permission", (what) => `can't be opened: no permission to read ${what}`),
  ],
  [
    /Invalid data found/,
    says("unsupported", (what) => `can't be shown: ${what} is not a video that ffmpeg can read`),
  ],
  [
    /matches no streams|does not contain any stream/,
    noVideo,
  ],
];

function isOfAnotherKind({ what, words }: FfmpegWords): Failure {
  const [, format] = words.match(/\[(\S+) @ [^\]]*\] Format not on whitelist/) ?? [];
  const called = format === undefined ? "" : ` (ffmpeg calls it ${format})`;
  return { code: "unsupported", reason: `can't be shown: ${what} is not a video${called}` };
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
