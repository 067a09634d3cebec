import type { CodedPicture } from "../frame/coded_picture.ts";
import type { Frame } from "../frame/frame.ts";
import type { Failure } from "../frame/source_error.ts";

/** How a camera is. */
export type CameraStatus =
  /** Nobody watches. */
  | { state: "closed" }
  /** Opened, but no frame has come yet. */
  | { state: "opening" }
  /** Frames come. */
  | { state: "live" }
  /** It gives no frames; it will be reopened at `retryAt`, in milliseconds since 1970. */
  | { state: "failed"; retryAt: number } & Failure;

/** The status of a camera that gives no frames. */
export type CameraFailure = Extract<CameraStatus, { state: "failed" }>;

/** A consumer of a camera's frames. */
export interface CameraSubscriber {
  /** Called for each frame. Hold the frame to keep it longer than this call. */
  onFrame(frame: Frame): void;
  /**
   * Called for each picture of a camera whose own H.264 is passed on. A subscriber with this
   * callback needs no frames then; the others still get them.
   */
  onVideo?: ((picture: CodedPicture) => void) | undefined;
  /** Called when the status changes. */
  onStatus(status: CameraStatus): void;
}
