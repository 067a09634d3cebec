import { askProgram } from "./ask_program.ts";
import { SourceError } from "../frame/source_error.ts";

/** A version of ffmpeg. */
export interface FfmpegVersion {
  /** 5 of 5.1. */
  major: number;
  /** 1 of 5.1. */
  minor: number;
}

const ANOTHER = "name another with '--ffmpeg'";

/** Development builds count as newer than any release. */
const NEWEST: FfmpegVersion = { major: Infinity, minor: 0 };

/**
 * Asks an ffmpeg for its version.
 *
 * @throws {SourceError} when it isn't there, can't be run or doesn't answer, with what to do
 */
export async function ffmpegVersion(ffmpeg: string, signal?: AbortSignal): Promise<FfmpegVersion> {
  const { text, problem } = await askProgram(ffmpeg, ["-version"], { signal });
  if (problem === "not executable") {
    throw new SourceError("program", `needs ffmpeg, and '${ffmpeg}' can't be run; ${ANOTHER}`);
  }
  if (problem === "hangs" && !text.startsWith("ffmpeg version")) {
    const words = `needs ffmpeg, and '${ffmpeg}' doesn't answer to '-version'`;
    throw new SourceError("program", `${words}; ${ANOTHER}`);
  }
  if (problem === "missing") throw new SourceError("program", await howToGet(ffmpeg));
  return parseVersion(text);
}

const known = new Map<string, Promise<FfmpegVersion>>();

/**
 * The version of an ffmpeg, which is queried only once per run of wscam, unless it doesn't answer.
 *
 * @throws {SourceError} as {@linkcode ffmpegVersion} does
 */
export function knownVersion(ffmpeg: string): Promise<FfmpegVersion> {
  const asked = known.get(ffmpeg);
  if (asked) return asked;
  const asking = ffmpegVersion(ffmpeg);
  known.set(ffmpeg, asking);
  asking.catch(() => known.delete(ffmpeg));
  return asking;
}

/** ffmpeg's major version is libavcodec's minus this, since 4. */
const LIBAVCODEC_AHEAD = 54;
/** The minor version of libavcodec with which each minor release began, by major release. */
const MINORS: Readonly<Record<number, readonly number[]>> = {
  4: [0, 35, 54, 91, 134],
  5: [0, 37],
  6: [0, 31],
  7: [0, 19],
};

/**
 * Reads the output of `ffmpeg -version`. A development build has no version, but libavcodec's
 * number in the same output tells which release it is based on.
 */
export function parseVersion(text: string): FfmpegVersion {
  const [, major, minor] = text.match(/^ffmpeg version n?(\d+)\.(\d+)/) ?? [];
  if (major !== undefined && minor !== undefined) {
    return { major: Number(major), minor: Number(minor) };
  }
  const [, library, part] = text.match(/^libavcodec +(\d+)\. *(\d+)\./m) ?? [];
  if (library === undefined) return NEWEST;
  const release = Number(library) - LIBAVCODEC_AHEAD;
  const begun = MINORS[release]?.filter((least) => Number(part) >= least) ?? [];
  return { major: release, minor: Math.max(0, begun.length - 1) };
}

/** The command that installs ffmpeg, by system and, on Linux, by the text of `/etc/os-release`. */
export function installHint(os: typeof Deno.build.os, osRelease = ""): string {
  if (os === "darwin") return "brew install ffmpeg";
  if (os === "windows") return "winget install Gyan.FFmpeg";
  const ids = [...osRelease.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)/gm)].join(" ");
  if (/\b(fedora|rhel|centos)\b/.test(ids)) return "sudo dnf install ffmpeg";
  if (/\barch\b/.test(ids)) return "sudo pacman -S ffmpeg";
  if (/\balpine\b/.test(ids)) return "sudo apk add ffmpeg";
  if (/suse/.test(ids)) return "sudo zypper install ffmpeg";
  return "sudo apt install ffmpeg";
}

async function howToGet(ffmpeg: string): Promise<string> {
  // A shell says the same about a program whose own interpreter or loader is missing.
  if (/[/\\]/.test(ffmpeg) && await Deno.stat(ffmpeg).then(({ isFile }) => isFile, () => false)) {
    return `needs ffmpeg, and '${ffmpeg}' can't be run: it was built for another system; ${ANOTHER}`;
  }
  const osRelease = await Deno.readTextFile("/etc/os-release").catch(() => "");
  const hint = installHint(Deno.build.os, osRelease);
  const remedy = `install it with '${hint}', or say where it is with '--ffmpeg'`;
  return `needs ffmpeg, and '${ffmpeg}' is not there: ${remedy}`;
}
