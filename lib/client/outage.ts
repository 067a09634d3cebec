import { short } from "../log/text.ts";
/** Why a camera gives no pictures. */
export interface Outage {
  /** The camera's name. */
  camera: string;
  /** The reason, in words that follow the name: "was unplugged". */
  reason: string;
  /** When it is reopened, in milliseconds from now; negative while that is being tried. */
  retryMs: number;
}

/** How long an attempt of the server may take before the client asks for the next. */
const TRY_TAKES_MS = 1000;

/** Asks a server for the reason of an outage and its next attempt, again after each attempt. */
export interface OutageFollower {
  /** An outage was reported: asks about it from now on. */
  start(): void;
  /** It is over: asks no more. */
  stop(): void;
  /** Takes the `cameras` of an answer, and returns its information on the outage, if any. */
  hear(cameras: unknown): Outage | undefined;
}

/** Options of {@linkcode createOutageFollower}. */
export interface OutageFollowerOptions {
  /** The camera that is watched, as the URL names it; the server's first without. */
  camera: string | null;
  /** Sends a `status` command. */
  ask: () => void;
  /** How far the server's clock is ahead of ours, in milliseconds. */
  offsetMs: () => number;
}

/** A follower that has asked nothing yet. */
export function createOutageFollower(
  { camera, ask, offsetMs }: OutageFollowerOptions,
): OutageFollower {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isDown = false;
  const stop = (): void => {
    isDown = false;
    clearTimeout(timer);
  };
  return {
    start() {
      stop();
      isDown = true;
      ask();
    },
    stop,
    hear(cameras) {
      const failed = isDown ? findFailed(cameras, camera) : undefined;
      if (failed === undefined) return undefined;
      const retryMs = failed.retryAt * 1000 - Date.now() - offsetMs();
      clearTimeout(timer);
      timer = setTimeout(ask, Math.max(0, retryMs) + TRY_TAKES_MS);
      return { camera: failed.name, reason: failed.reason, retryMs };
    },
  };
}

function findFailed(
  cameras: unknown,
  wanted: string | null,
): { name: string; reason: string; retryAt: number } | undefined {
  if (!Array.isArray(cameras)) return undefined;
  const found: unknown = wanted === null
    ? cameras[0]
    : cameras.find((each: unknown) => nameOf(each) === wanted);
  if (typeof found !== "object" || found === null) return undefined;
  const { name, reason, "retry_at": retryAt } = found as Record<string, unknown>;
  const isComplete = typeof name === "string" && typeof reason === "string" &&
    typeof retryAt === "number" && Math.abs(retryAt) <= 8.64e12;
  return isComplete ? { name: short(name), reason: short(reason), retryAt } : undefined;
}

function nameOf(camera: unknown): unknown {
  return typeof camera === "object" && camera !== null && "name" in camera
    ? camera.name
    : undefined;
}
