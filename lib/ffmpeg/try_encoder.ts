import { encoderArgs } from "./args/h264_args.ts";
import { askProgram, problemWords } from "./ask_program.ts";

/** This one depends on no hardware, and on no library that may be missing. */
const ALWAYS_WORKS = "libx264";
const TRIAL = { quality: 80, fps: 30, to: { width: 320, height: 240 } };
/** A driver may have to be started first, in milliseconds. */
const TIMEOUT_MS = 10_000;
const MAX_WORDS = 200;

/**
 * Encodes one picture with one of ffmpeg's H.264 encoders: builds also list those whose hardware or
 * library is missing.
 *
 * @returns why it fails, in ffmpeg's words; `undefined` if it works, or can't be tried
 */
export async function tryEncoder(ffmpeg: string, encoder: string): Promise<string | undefined> {
  if (encoder === ALWAYS_WORKS) return undefined;
  const { text, problem } = await askProgram(ffmpeg, trialArgs(encoder), { timeoutMs: TIMEOUT_MS });
  if (problem !== undefined) return `it ${problemWords(problem)}`;
  const lines = text.split(/[\r\n]+/).map((line) => line.trim());
  const isMade = lines.some((line) => line.startsWith("0, "));
  // Some builds can't generate pictures.
  if (isMade || text.includes("Unknown input format")) return undefined;
  const words = lines.find((line) => line !== "" && !line.startsWith("#")) ?? "it produces nothing";
  return words.replace(/^(\[[^\]]*\] *)+/, "").slice(0, MAX_WORDS);
}

function trialArgs(encoder: string): string[] {
  const { to: { width, height }, fps } = TRIAL;
  const quiet = ["-hide_banner", "-nostdin", "-nostats", "-loglevel", "error"];
  const picture = ["-f", "lavfi", "-i", `color=size=${width}x${height}:rate=${fps}`];
  const made = ["-frames:v", "1", "-pix_fmt", "yuv420p", "-bf", "0", "-c:v", encoder];
  return [...quiet, ...picture, ...made, ...encoderArgs({ encoder, ...TRIAL }), ...TO_LIST];
}

/** One line for each picture, which begins with its stream's number. */
const TO_LIST = ["-f", "framecrc", "pipe:1"];
