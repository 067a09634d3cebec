import { askProgram } from "../../ffmpeg/ask_program.ts";
import { type CameraOs, DEVICE_FORMAT, type FfmpegInput } from "../../ffmpeg/input.ts";
import { fileArgs, urlArgs } from "../../ffmpeg/args/input_args.ts";
import {
  type Mode,
  parseDshowOptions,
  parseStream,
  parseV4l2Ctl,
  parseV4l2Formats,
} from "../../ffmpeg/mode/modes.ts";

export interface AskModesOptions {
  /** The ffmpeg to run. */
  ffmpeg: string;
  /** The system that the devices belong to. */
  os: CameraOs;
  /** Aborts the query. */
  signal: AbortSignal;
  /**
   * Whether an address is known to deliver MPEG-TS.
   *
   * @default {false}
   */
  isTransport?: boolean;
  /**
   * Whether what an address announces before its first picture is enough.
   *
   * @default {false}
   */
  isBrief?: boolean;
}

/** A server that doesn't answer must not delay opening the stream. */
const TIMEOUT_MS = 10_000;
/** Nor must a local device; opening one may take seconds while the machine starts. */
const DEVICE_TIMEOUT_MS = 5000;

/**
 * The modes that a camera offers, or the one mode of a stream or a file; an empty list if it
 * doesn't say.
 *
 * @returns `undefined` when it didn't answer in time; it may next time
 */
export async function askModes(
  input: FfmpegInput,
  options: AskModesOptions,
): Promise<Mode[] | undefined> {
  const { ffmpeg, os, signal, isTransport = false, isBrief = false } = options;
  const timeoutMs = input.kind === "device" ? DEVICE_TIMEOUT_MS : TIMEOUT_MS;
  let isLate = false;
  const ask = async (command: string, args: string[]): Promise<string> => {
    const { text, problem } = await askProgram(command, args, { signal, timeoutMs });
    isLate = problem === "hangs";
    return text;
  };
  const askFfmpeg = (...args: string[]) => ask(ffmpeg, ["-hide_banner", "-nostdin", ...args]);
  if (input.kind === "url") {
    const text = await askFfmpeg(...urlArgs(input, { isTransport, isBrief }));
    const isOther = isTransport && text.includes("Option scan_all_pmts not found");
    return parseStream(isOther ? await askFfmpeg(...urlArgs(input)) : text);
  }
  if (input.kind === "file") return parseStream(await askFfmpeg(...fileArgs(input.path)));
  switch (os) {
    case "linux": {
      // Only v4l2-ctl knows the rates, but it isn't installed everywhere.
      const modes = parseV4l2Ctl(await ask("v4l2-ctl", ["-d", input.device, "--list-formats-ext"]));
      if (modes.length > 0) return modes;
      if (isLate) return undefined;
      const list = ["-list_formats", "all", "-i", input.device];
      const listed = parseV4l2Formats(await askFfmpeg("-f", DEVICE_FORMAT[os], ...list));
      return isLate ? undefined : listed;
    }
    case "windows": {
      const list = ["-list_options", "true", "-i", `video=${input.device}`];
      const listed = parseDshowOptions(await askFfmpeg("-f", DEVICE_FORMAT[os], ...list));
      return isLate ? undefined : listed;
    }
    case "darwin":
      // avfoundation lists its modes only when it refuses one.
      return [];
  }
}
