import { askProgram } from "../../ffmpeg/ask_program.ts";
import { type FfmpegVersion, ffmpegVersion, parseVersion } from "../../ffmpeg/ffmpeg_version.ts";

/** The facts about an ffmpeg. */
export interface FfmpegFacts {
  /** Its path, if it could be found. */
  path: string | undefined;
  /** The version it reports; empty if it doesn't report one like an ffmpeg. */
  version: string;
  /** The release, or the release it is based on. */
  release: FfmpegVersion;
  /**
   * Whether it doesn't respond at all.
   *
   * @default {false}
   */
  isSilent?: boolean;
  /** Formats that it reads, devices among them, and protocols. */
  reads: ReadonlySet<string>;
  /** Formats and codecs that it writes. */
  writes: ReadonlySet<string>;
}

/**
 * Queries an ffmpeg.
 *
 * @throws {SourceError} when it isn't there or can't be run, with what to do
 */
export async function askFfmpeg(ffmpeg: string): Promise<FfmpegFacts> {
  const [path, { text, problem }] = await Promise.all([
    pathOf(ffmpeg),
    askProgram(ffmpeg, ["-version"]),
  ]);
  if (problem !== undefined) await ffmpegVersion(ffmpeg);
  const version = text.match(/^ffmpeg version (\S+)/)?.[1] ?? "";
  const known = {
    path: path || undefined,
    version,
    release: parseVersion(text),
    isSilent: text.trim() === "",
  };
  // A program that is not ffmpeg, or hangs, is not queried further.
  if (version === "") return { ...known, reads: new Set(), writes: new Set() };
  const ask = async (what: string) => (await askProgram(ffmpeg, ["-hide_banner", what])).text;
  const [formats, protocols, encoders] = await Promise.all([
    ask("-formats"),
    ask("-protocols"),
    ask("-encoders"),
  ]);
  const { demuxers, muxers } = parseFormats(formats ?? "");
  return {
    ...known,
    reads: new Set([...demuxers, ...parseProtocols(protocols ?? "")]),
    writes: new Set([...muxers, ...parseEncoders(encoders ?? "")]),
  };
}

/** Reads the output of `ffmpeg -formats`, which has a third column for devices since 7. */
export function parseFormats(text: string): { demuxers: string[]; muxers: string[] } {
  const rows = [...text.matchAll(/^ ([D ])([E ])[d ] *([a-z0-9_,]+) /gm)];
  const names = (column: 1 | 2) =>
    rows.flatMap((row) => row[column] === " " ? [] : row[3]?.split(",") ?? []);
  return { demuxers: names(1), muxers: names(2) };
}

/** Reads the input protocols from the output of `ffmpeg -protocols`. */
export function parseProtocols(text: string): string[] {
  const [, input = ""] = text.match(/^Input:$(.*?)^Output:$/ms) ?? [];
  return input.split(/\s+/).filter((name) => name !== "");
}

/** Reads the video encoders from the output of `ffmpeg -encoders`. */
export function parseEncoders(text: string): string[] {
  return Array.from(text.matchAll(/^ V\S{5} (\w+) /gm), ([, name = ""]) => name);
}

async function pathOf(ffmpeg: string): Promise<string> {
  if (/[/\\]/.test(ffmpeg)) return ffmpeg;
  const { text } = Deno.build.os === "windows"
    ? await askProgram("where", [ffmpeg])
    : await askProgram("/bin/sh", ["-c", 'command -v -- "$1"', "sh", ffmpeg]);
  return text.split(/\r?\n/)[0] ?? "";
}
