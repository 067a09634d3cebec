import { short } from "../log/text.ts";
import { findTold, readOutage } from "../server/element/link/told_outage.js";

/** Why a camera gives no pictures. */
export interface Outage {
  /** The camera's name. */
  camera: string;
  /** The reason, in words that follow the name: "was unplugged". */
  reason: string;
  /** When it is reopened, in milliseconds from now; negative while that is being tried. */
  retryMs: number;
}

/** Asks a server for the reason of an outage and its next attempt, again after each attempt. */
export interface OutageFollower {
  /** An outage was reported: asks about it from now on. */
  start(): void;
  /** It is over: asks no more. */
  stop(): void;
  /** Takes the `cameras` of an answer, and returns its information on the outage, if any. */
  hear(cameras: unknown): Outage | undefined;
}

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
      const told = isDown ? findTold(cameras, camera) : undefined;
      const outage = told && readOutage(told, offsetMs());
      if (outage === undefined) return undefined;
      clearTimeout(timer);
      timer = setTimeout(ask, outage.askMs);
      const { retryMs } = outage;
      return { camera: short(outage.camera), reason: short(outage.reason), retryMs };
    },
  };
}
