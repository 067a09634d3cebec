import { type CameraOs, DEVICE_FORMAT } from "../../../ffmpeg/input.ts";
import type { CameraSpec } from "../../../camera/camera_spec.ts";
import { isForFfmpeg } from "../../../camera/ffmpeg/ffmpeg_spec.ts";
import { quote } from "../../../protocol/quote.ts";
import { type Check, messageOf } from "../check.ts";
import { askFfmpeg, type FfmpegFacts } from "../ffmpeg_facts.ts";

/** The cameras that ffmpeg is to open. */
export interface FfmpegUse {
  /** The system it runs on. */
  os: CameraOs;
  /** The cameras. */
  sources: readonly CameraSpec["source"][];
}

/** The formats that wscam needs ffmpeg to write, and those it must read besides cameras. */
const NEEDED = { writes: ["rawvideo", "image2pipe", "mjpeg", "mpjpeg"], reads: ["pipe", "file"] };
/** The protocols that users are likely to need. */
const USUAL = ["http", "https", "rtsp", "rtmp", "srt", "udp"];
/** Protocols that ffmpeg knows by another name. */
const CALLED: Readonly<Record<string, string>> = { rtsps: "rtsp", mms: "mmsh" };
const ANOTHER = "name another with '--ffmpeg'";
/** The first version that wscam's arguments were written for. */
const OLDEST = 4;

/** Checks an ffmpeg; problems matter less if no camera needs it. */
export async function checkFfmpeg(ffmpeg: string, use: FfmpegUse): Promise<Check> {
  try {
    return judgeFfmpeg(await askFfmpeg(ffmpeg), use);
  } catch (error) {
    // The message says what to do.
    return { name: "ffmpeg", status: statusFor(use), message: `A camera ${messageOf(error)}` };
  }
}

/** The severity when ffmpeg can't be used. */
function statusFor({ sources }: FfmpegUse): "fail" | "warn" {
  return sources.some(isForFfmpeg) ? "fail" : "warn";
}

/** Checks whether an ffmpeg can do what wscam needs. */
export function judgeFfmpeg(facts: FfmpegFacts, use: FfmpegUse): Check {
  const { path = "ffmpeg", version, release, reads } = facts;
  const what = `ffmpeg ${version} (${path})`;
  const bad = (status: "warn" | "fail", message: string, remedy = ANOTHER): Check => {
    return { name: "ffmpeg", status, message, remedy };
  };
  if (version === "") {
    const how = facts.isSilent ? "doesn't answer: it isn't ffmpeg" : "isn't ffmpeg";
    return bad(statusFor(use), `${quote(path)} ${how}, or a broken one`);
  }
  const lacks = whatLacks(facts, use);
  if (lacks.length > 0) {
    const remedy = `install your system's full package, or ${ANOTHER}`;
    return bad(statusFor(use), `${what} was built without ${lacks.join(", ")}`, remedy);
  }
  if (release.major < OLDEST) {
    return bad("warn", `${what} is older than any version that wscam was tested with`);
  }
  const can = [DEVICE_FORMAT[use.os], ...USUAL].filter((each) => reads.has(each)).join(", ");
  return { name: "ffmpeg", status: "ok", message: `${what} reads ${can}` };
}

function whatLacks({ reads, writes }: FfmpegFacts, { os, sources }: FfmpegUse): string[] {
  const asked = sources.flatMap((source) => inputOf(source, os))
    .map((each) => CALLED[each] ?? each);
  const unread = [...NEEDED.reads, ...asked].filter((each) => !reads.has(each));
  return [...NEEDED.writes.filter((each) => !writes.has(each)), ...new Set(unread)];
}

/**
 * The input that ffmpeg must be able to read for a source: a device's format or an address's
 * protocol.
 */
function inputOf(source: CameraSpec["source"], os: CameraOs): string[] {
  switch (source.kind) {
    case "index":
    case "device":
    case "name":
      return [DEVICE_FORMAT[os]];
    case "url":
      return [source.url.split(":")[0]?.toLowerCase() ?? ""];
    default:
      return [];
  }
}
