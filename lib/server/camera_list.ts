import type { FailureCode } from "../frame/source_error.ts";
import type { Channel } from "../stream/channel.ts";
import type { Asked } from "./route.ts";

/** One camera as `GET /cameras` tells of it. */
export interface CameraInfo {
  /** What `?camera=` takes. */
  name: string;
  /** Where its frames come from, without passwords. */
  source: string;
  /** Whether frames come. */
  state: "closed" | "opening" | "live" | "failed";
  /** Why they don't, for programs. */
  code?: FailureCode;
  /** Why they don't. */
  reason?: string;
  /** What it delivers now, as `WIDTHxHEIGHT` in pixels. */
  resolution: string | null;
  /** What it delivers now, in pictures a second, measured. */
  fps: number | null;
  /** How many watch. */
  viewers: number;
}

/** After so many seconds the page looks which cameras there are now. */
const REFRESHED = { headers: { "x-refresh": "3" } };

/** Answers `GET /cameras`. */
export function answerCameras({ cameras }: Asked): Response {
  return Response.json(listCameras(cameras.all), REFRESHED);
}

/** What there is to watch, the default camera first. */
export function listCameras(channels: readonly Channel[]): CameraInfo[] {
  return channels.map((channel) => {
    const { status } = channel;
    if (status.state !== "failed") return describeCamera(channel);
    const { code, reason } = status;
    return { ...describeCamera(channel), code, reason };
  });
}

/** What may be said of a camera, without why it gives no frames. */
export function describeCamera({ name, source, status, camera, size }: Channel): CameraInfo {
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
