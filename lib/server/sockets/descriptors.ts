import { Sockets } from "../../system/sockets.ts";

/** The limit where the system doesn't tell. */
const MANY = 1_000_000;
/** Pipes and files of one camera's ffmpeg while it starts, with one that still ends. */
const PER_CAMERA = 12;
/** For files, look-ups and the like. */
const SPARE = 12;
/** This many connections are allowed, however few descriptors there are. */
const LEAST = 4;

/**
 * The greatest number of connections that leaves descriptors for everything else. Deno raises the
 * limit that holds ('ulimit -Sn') to the one that may be had ('ulimit -Hn').
 */
export function maxConnections(cameras: number): number {
  using sockets = Sockets.open();
  const limit = sockets?.descriptorLimit() ?? MANY;
  return Math.max(LEAST, limit - countOpen() - SPARE - PER_CAMERA * cameras);
}

function countOpen(): number {
  try {
    return [...Deno.readDirSync(Deno.build.os === "linux" ? "/proc/self/fd" : "/dev/fd")].length;
  } catch {
    // Deno was seen to have this many open when it starts.
    return 24;
  }
}
