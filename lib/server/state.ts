import type { Channel } from "../stream/channel.ts";
import type { ViewerStats } from "../stream/viewer.ts";
import { type CameraInfo, describeCamera } from "./camera_list.ts";

/** One camera as `GET /state` tells of it. */
export interface CameraState extends Omit<CameraInfo, "reason"> {
  /** Why no frames come. */
  reason: string | null;
  /** When it is opened again, in seconds since 1970. */
  "retry_at": number | null;
  /** Who makes the JPEG. */
  encoder: string | null;
  /** How old the newest frame is, in seconds. */
  age: number | null;
  /** Frames taken from the source. */
  frames: number;
  /** Pictures that were not whole. */
  broken: number;
  /** Frames encoded here. */
  encoded: number;
  /** Frames that gave way to a newer one before they were encoded. */
  skipped: number;
  /** Times that it was opened again after it had failed. */
  restarts: number;
}

/** One viewer as `GET /state` tells of it. */
export interface ViewerState extends ViewerStats {
  /** Which camera it watches. */
  camera: string;
}

/** What `GET /state` answers. */
export interface State {
  /** The program's version. */
  version: string;
  /** How long it has been running, in seconds. */
  uptime: number;
  /** The cameras, the default one first. */
  cameras: CameraState[];
  /** Who watches now. */
  viewers: ViewerState[];
}

/**
 * How everything is.
 *
 * @param version the program's version
 */
export function readState(channels: readonly Channel[], version: string): State {
  return {
    version,
    // The clock began with the process.
    uptime: rounded(performance.now() / 1000),
    cameras: channels.map(cameraState),
    viewers: channels.flatMap(({ name, broadcaster }) =>
      Array.from(broadcaster.viewers, ({ stats }) => ({
        ...stats,
        camera: name,
        fps: rounded(stats.fps),
        age: rounded(stats.age),
      }))
    ),
  };
}

function cameraState(channel: Channel): CameraState {
  const { camera, rendition } = channel;
  const { status, counters, plan, newestAgeMs } = camera;
  const failure = status.state === "failed" ? status : undefined;
  return {
    ...describeCamera(channel),
    reason: failure?.reason ?? null,
    "retry_at": failure === undefined ? null : rounded(failure.retryAt / 1000),
    encoder: status.state === "live" ? plan?.encoder ?? null : null,
    age: newestAgeMs === undefined ? null : rounded(newestAgeMs / 1000),
    frames: counters.captured,
    broken: counters.broken,
    encoded: rendition.counters.encoded,
    skipped: rendition.counters.dropped,
    restarts: counters.restarts,
  };
}

/** To milliseconds, or thousandths of anything else. */
function rounded<T extends number | null>(value: T): T;
function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}
