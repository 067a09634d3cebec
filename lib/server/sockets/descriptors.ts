import { Sockets } from "../../system/sockets.ts";

/** The limit to assume if the system doesn't tell. */
const MANY = 1_000_000;
/**
 * The pipes and files of one camera's ffmpeg while it starts, and of a previous one that is ending.
 */
const PER_CAMERA = 12;
/** Reserved for files, look-ups and the like. */
const SPARE = 12;
/** This many connections are always allowed, however few descriptors there are. */
const LEAST = 4;

/**
 * The maximum number of connections that leaves descriptors for everything else. Deno raises the
 * soft limit ('ulimit -Sn') to the hard one ('ulimit -Hn').
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
