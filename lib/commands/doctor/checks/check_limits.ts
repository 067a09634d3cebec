import { askProgram } from "../../../ffmpeg/ask_program.ts";
import type { Check } from "../check.ts";

/** The limits of the system. */
export interface LimitFacts {
  /**
   * The number of files and connections that may be open at once; undefined if that is unknown or
   * unlimited.
   */
  files: number | undefined;
  /** The free memory, in bytes. */
  memory: number;
}

/** The requirements that the limits must meet. */
export interface Load {
  /** The maximum number of viewers. */
  maxClients: number;
  /** The number of cameras. */
  cameras: number;
}

/** The descriptors that the program itself needs, and each camera with its ffmpeg. */
const OWN_FILES = 64;
const FILES_PER_CAMERA = 8;
/** The memory needed with a camera, and for each viewer, at 1280x720. */
const OWN_MEMORY = 160e6;
const MEMORY_PER_VIEWER = 0.2e6;

/** Checks how many connections and how much memory are available. */
export async function checkLimits(load: Load): Promise<Check> {
  const { text } = Deno.build.os === "windows"
    ? { text: "" }
    : await askProgram("/bin/sh", ["-c", "ulimit -n"]);
  const files = text.match(/^\d+/)?.[0];
  return judgeLimits({
    files: files === undefined ? undefined : Number(files),
    memory: Math.min(Deno.systemMemoryInfo().available, await groupMemory()),
  }, load);
}

/** Judges whether the limits are enough for `--max-clients` viewers. */
export function judgeLimits({ files, memory }: LimitFacts, { maxClients, cameras }: Load): Check {
  const filesNeeded = OWN_FILES + cameras * FILES_PER_CAMERA + maxClients;
  const megabytes = Math.round(memory / 1e6);
  if (files !== undefined && files < filesNeeded) {
    const most = Math.max(1, files - filesNeeded + maxClients);
    return {
      name: "limits",
      status: "warn",
      message: `${files} open files are allowed, too few for ${maxClients} viewers`,
      remedy:
        `'ulimit -n ${filesNeeded}' (LimitNOFILE= in a systemd unit), or '--max-clients ${most}'`,
    };
  }
  if (memory < OWN_MEMORY) {
    const message = `only ${megabytes} MB of memory are free`;
    return { name: "limits", status: "warn", message, remedy: "stop other programs" };
  }
  if (memory < OWN_MEMORY + maxClients * MEMORY_PER_VIEWER) {
    const most = Math.max(1, Math.floor((memory - OWN_MEMORY) / MEMORY_PER_VIEWER));
    return {
      name: "limits",
      status: "warn",
      message: `${megabytes} MB of memory are free, too little for ${maxClients} viewers`,
      remedy: `allow fewer, with '--max-clients ${most}'`,
    };
  }
  const allowed = files === undefined ? "" : `${files} open files, `;
  const message = `${allowed}${megabytes} MB of memory: enough for ${maxClients} viewers`;
  return { name: "limits", status: "ok", message };
}

/** The free memory of a container (cgroup v2). */
async function groupMemory(): Promise<number> {
  const read = async (name: string): Promise<number> =>
    Number(await Deno.readTextFile(`/sys/fs/cgroup/memory.${name}`).catch(() => "no"));
  const left = await read("max") - await read("current");
  return Number.isNaN(left) ? Infinity : Math.max(0, left);
}
