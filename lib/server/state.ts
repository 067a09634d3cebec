import type { CameraStatus } from "../camera/camera_status.ts";
import type { ControlValue } from "../camera/device/device_controls.ts";
import type { FailureCode } from "../frame/source_error.ts";
import type { ServedCamera } from "../stream/served_camera.ts";
import type { Codec, RenditionShape } from "../encoder/encoder.ts";
import type { ViewerStats } from "../stream/viewer/viewer_counts.ts";
import type { Asked, Parts } from "./route.ts";
import { type CameraInfo, describeCamera } from "./camera_list.ts";

/** One camera in the response to `GET /state`. */
export interface CameraState extends Omit<CameraInfo, "code" | "reason"> {
  /** The same as `reason`, as a code for programs. */
  code: FailureCode | null;
  /** Why no frames come. */
  reason: string | null;
  /** When it is reopened, in seconds since 1970. */
  "retry_at": number | null;
  /** The encoder that makes the JPEG. */
  encoder: string | null;
  /** The age of the newest frame, in seconds. */
  age: number | null;
  /** Frames taken from the source. */
  frames: number;
  /** Pictures that were not whole. */
  broken: number;
  /** Frames encoded here. */
  encoded: number;
  /** Frames that a newer one replaced before they were encoded. */
  skipped: number;
  /** The number of reopenings after a failure. */
  restarts: number;
  /** Its capture, if that can be controlled. */
  settings: Record<string, ControlValue> | null;
  /** The renditions that are encoded for the current viewers. */
  renditions: RenditionState[];
}

/** One rendition in the response to `GET /state`. */
export interface RenditionState extends RenditionShape {
  /** The codec of its pictures. */
  codec: Codec;
  /** For H.264, the maximum rate in pictures a second; `null` for the camera's rate. */
  fps: number | null;
  /** The number of its viewers. */
  viewers: number;
  /** The same as `reason`, as a code for programs. */
  code: FailureCode | null;
  /** Why it gives no pictures. */
  reason: string | null;
  /** Frames encoded for it. */
  encoded: number;
  /** Encoded H.264 frames at which decoding can begin. */
  keys: number;
  /** Frames passed on as JPEG without encoding. */
  copied: number;
}

/** One viewer in the response to `GET /state`. */
export interface ViewerState extends Omit<ViewerStats, "leftOut">, RenditionShape {
  /** The camera that it watches. */
  camera: string;
  /** The codec of its pictures. */
  codec: Codec;
  /** Among those dropped, the H.264 pictures that had to wait for a key frame. */
  "left_out": number;
}

/** The response to `GET /state`. */
export interface State {
  /** The program's version. */
  version: string;
  /** The time since its start, in seconds. */
  uptime: number;
  /** The cameras, the default one first. */
  cameras: CameraState[];
  /** The present viewers. */
  viewers: ViewerState[];
}

/** Answers `GET /state`. */
export function answerState({ cameras }: Asked, { version }: Parts): Response {
  return Response.json(readState(cameras.all, version));
}

/**
 * The state of everything.
 *
 * @param version the program's version
 */
export function readState(cameras: readonly ServedCamera[], version: string): State {
  return {
    version,
    // The clock started with the process.
    uptime: rounded(performance.now() / 1000),
    cameras: cameras.map(cameraState),
    viewers: cameras.flatMap(({ name, streams }) =>
      streams.flatMap(({ viewers, quality, width, codec }) =>
        viewers.map(({ stats: { leftOut, ...stats } }) => ({
          ...stats,
          camera: name,
          codec,
          quality,
          width,
          "left_out": leftOut,
          fps: rounded(stats.fps),
          age: rounded(stats.age),
        }))
      )
    ),
  };
}

function cameraState(served: ServedCamera): CameraState {
  const { status, camera } = served;
  const { counters, plan, newestAgeMs } = camera;
  const { encoded, skipped } = served.counters;
  return {
    ...describeCamera(served),
    ...failureOf(served),
    "retry_at": status.state === "failed" ? rounded(status.retryAt / 1000) : null,
    encoder: camera.status.state === "live" ? plan?.encoder ?? null : null,
    age: newestAgeMs === undefined ? null : rounded(newestAgeMs / 1000),
    frames: counters.captured,
    broken: counters.broken,
    encoded,
    skipped,
    restarts: counters.restarts,
    settings: served.control?.settings ?? null,
    renditions: served.streams.filter(({ viewers }) => viewers.length > 0).map((stream) => ({
      codec: stream.codec,
      fps: stream.maxFps,
      quality: stream.quality,
      width: stream.width,
      viewers: stream.viewers.length,
      ...failureOf(stream),
      encoded: stream.counters.encoded,
      keys: stream.counters.keys,
      copied: stream.counters.copied,
    })),
  };
}

function failureOf(
  { status }: { status: CameraStatus },
): { code: FailureCode | null; reason: string | null } {
  const { code, reason } = status.state === "failed" ? status : { code: null, reason: null };
  return { code, reason };
}

/** Rounded to milliseconds, or to thousandths of anything else. */
function rounded<T extends number | null>(value: T): T;
function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}
