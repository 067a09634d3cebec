import type { FailureCode } from "../frame/source_error.ts";
import type { ServedCamera } from "../stream/served_camera.ts";
import type { Asked } from "./route.ts";

/** One camera in the response to `GET /cameras`. */
export interface CameraInfo {
  /** Its name, for `?camera=`. */
  name: string;
  /** The source of its frames, without passwords. */
  source: string;
  /** Whether frames come. */
  state: "closed" | "opening" | "live" | "failed";
  /** Why frames don't come, as a code for programs. */
  code?: FailureCode;
  /** Why they don't. */
  reason?: string;
  /** The size it currently delivers, as `WIDTHxHEIGHT` in pixels. */
  resolution: string | null;
  /** The rate it currently delivers, measured, in pictures a second. */
  fps: number | null;
  /** The number of its viewers. */
  viewers: number;
}

/** The page checks for new and removed cameras this often, in seconds. */
const REFRESHED = { headers: { "x-refresh": "3" } };

/** Answers `GET /cameras`. */
export function answerCameras({ cameras }: Asked): Response {
  return Response.json(listCameras(cameras.all), REFRESHED);
}

/** Lists the cameras, the default one first. */
export function listCameras(cameras: readonly ServedCamera[]): CameraInfo[] {
  return cameras.map((served) => {
    const { status } = served;
    if (status.state !== "failed") return describeCamera(served);
    const { code, reason } = status;
    return { ...describeCamera(served), code, reason };
  });
}

/** Describes a camera, without the reason if it gives no frames. */
export function describeCamera({ name, source, status, camera, size }: ServedCamera): CameraInfo {
  const { measured, currentFps } = camera;
  return {
    name,
    source,
    state: status.state,
    resolution: measured ? `${measured.width}x${measured.height}` : null,
    fps: currentFps ? Math.round(currentFps * 10) / 10 : null,
    viewers: size,
  };
}
