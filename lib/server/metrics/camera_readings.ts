import type { ServedCamera } from "../../stream/served_camera.ts";

/** A camera's metric that is computed when it is read. */
export interface CameraReading {
  /** Named by Prometheus' conventions. */
  name: string;
  /** Its meaning. */
  help: string;
  /** Whether it is a counter, which only grows. */
  isCounter: boolean;
  /** The value. */
  read(served: ServedCamera): number;
}

/** The metrics of each camera. */
export const CAMERA_READINGS: readonly CameraReading[] = [
  counter("wscam_frames_captured_total", "Frames taken from the source.", ({ camera }) => {
    return camera.counters.captured;
  }),
  counter(
    "wscam_frames_broken_total",
    "Pictures from the source that were not whole.",
    ({ camera }) => camera.counters.broken,
  ),
  counter("wscam_frames_encoded_total", "Frames encoded, in any codec.", ({ counters }) => {
    return counters.encoded;
  }),
  counter(
    "wscam_key_frames_total",
    "Key frames encoded in H.264.",
    ({ counters }) => counters.keys,
  ),
  counter(
    "wscam_frames_copied_total",
    "Frames passed on as JPEG without encoding.",
    ({ counters }) => counters.copied,
  ),
  counter(
    "wscam_frames_skipped_total",
    "Frames replaced by a newer one before they were encoded.",
    ({ counters }) => counters.skipped,
  ),
  counter(
    "wscam_encode_failures_total",
    "Frames that could not be encoded.",
    ({ counters }) => counters.failed,
  ),
  counter("wscam_frames_sent_total", "Pictures sent, over all viewers.", ({ counters }) => {
    return counters.sent;
  }),
  counter(
    "wscam_frames_dropped_total",
    "Pictures that a viewer could not take, over all viewers.",
    ({ counters }) => counters.dropped,
  ),
  counter(
    "wscam_frames_left_out_total",
    "Dropped H.264 pictures that had to wait for a key frame, over all viewers.",
    ({ counters }) => counters.leftOut,
  ),
  counter("wscam_sent_bytes_total", "Bytes of pictures sent.", ({ counters }) => {
    return counters.bytes;
  }),
  counter(
    "wscam_camera_restarts_total",
    "Reopenings of the camera after a failure.",
    ({ camera }) => camera.counters.restarts,
  ),
  gauge("wscam_viewers", "Viewers connected.", ({ size }) => size),
  gauge("wscam_renditions", "Watched renditions.", ({ streams }) => {
    return streams.filter(({ viewers }) => viewers.length > 0).length;
  }),
  gauge("wscam_h264_viewers", "Connected viewers that get H.264.", ({ streams }) => {
    return videoOf(streams).reduce((sum, { viewers }) => sum + viewers.length, 0);
  }),
  gauge("wscam_h264_renditions", "Watched renditions in H.264.", ({ streams }) => {
    return videoOf(streams).filter(({ viewers }) => viewers.length > 0).length;
  }),
  gauge("wscam_camera_live", "Whether frames come: 1 or 0.", ({ status }) => {
    return status.state === "live" ? 1 : 0;
  }),
  gauge(
    "wscam_camera_failed",
    "Whether the camera should deliver frames and does not: 1 or 0.",
    ({ status }) => status.state === "failed" ? 1 : 0,
  ),
  gauge("wscam_camera_fps", "Frames a second that the camera delivers now.", ({ camera }) => {
    return camera.currentFps ?? 0;
  }),
];

function videoOf(streams: ServedCamera["streams"]): ServedCamera["streams"] {
  return streams.filter(({ codec }) => codec === "h264");
}

function counter(name: string, help: string, read: CameraReading["read"]): CameraReading {
  return { name, help, isCounter: true, read };
}

function gauge(name: string, help: string, read: CameraReading["read"]): CameraReading {
  return { name, help, isCounter: false, read };
}
