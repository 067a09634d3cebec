import type { FailureCode } from "../frame/source_error.ts";
import type { ServedCamera } from "../stream/served_camera.ts";
import type { Asked } from "./route.ts";

/** One camera as `GET /cameras` tells of it. */
export interface CameraInfo {
  /** The name for `?camera=`. */
  name: string;
  /** The source of its frames, without passwords. */
  source: string;
  /** Whether frames come. */
  state: "closed" | "opening" | "live" | "failed";
  /** Why they don't, for programs. */
  code?: FailureCode;
  /** Why they don't. */
  reason?: string;
  /** The size that it delivers now, as `WIDTHxHEIGHT` in pixels. */
  resolution: string | null;
  /** The measured rate that it delivers now, in pictures a second. */
  fps: number | null;
  /** The number of its viewers. */
  viewers: number;
}

/** After so many seconds the page looks which cameras there are now. */
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

/** Describes a camera, without the reason why it gives no frames. */
export function describeCamera({ name, source, status, camera, size }: ServedCamera): CameraInfo {
  const { measured } = camera;
  return {
    name,
    source,
    state: status.state,
    resolution: measured ? `${measured.width}x${measured.height}` : null,
    fps: measured?.fps ? Math.round(measured.fps * 10) / 10 : null,
    viewers: size,
  };
}
