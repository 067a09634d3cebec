import type { FailureCode } from "../frame/source_error.ts";
import type { Channel } from "../stream/channel.ts";
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
export function listCameras(channels: readonly Channel[]): CameraInfo[] {
  return channels.map((channel) => {
    const { status } = channel;
    if (status.state !== "failed") return describeCamera(channel);
    const { code, reason } = status;
    return { ...describeCamera(channel), code, reason };
  });
}

/** Describes a camera, without the reason why it gives no frames. */
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
