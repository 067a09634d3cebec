import { readdirSync } from "node:fs";
import process from "node:process";
import type { ServedCamera } from "../../stream/served_camera.ts";
import { EXPOSITION_TYPE, expositionText, type Metric } from "./exposition.ts";
import { Histogram } from "./histogram.ts";

/** Takes the reports of a camera's parts while they work. */
export interface CameraMeter {
  /** A frame was encoded, in so many seconds. */
  onEncoded(seconds: number): void;
  /** A picture went out that was so old, in seconds. */
  onPicture(ageSeconds: number): void;
}

/** A figure of another part, read off when it is asked for. */
export interface MetricReading {
  /** By the conventions of Prometheus. */
  name: string;
  /** Its meaning. */
  help: string;
  /** Whether it only ever grows. */
  isCounter: boolean;
  /** The label that tells its values apart. */
  label: string;
  /** The values, by their labels. */
  read(): Iterable<readonly [label: string, value: number]>;
}

/** Everything that `GET /metrics` tells. */
export interface Metrics {
  /** Adds figures of another part. */
  add(readings: readonly MetricReading[]): void;
  /** The meter that a camera's parts report to. */
  meterOf(camera: string): CameraMeter;
  /** A camera has gone: nothing is told of it any more. */
  forget(camera: string): void;
  /** The answer to `GET /metrics`, in Prometheus' text format. */
  response(cameras: readonly ServedCamera[]): Response;
}

/** From a fast machine's VGA to a slow one's 1080p. */
const ENCODE_BUCKETS = [0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1];
/** From `copy` to a camera behind a slow network. */
const AGE_BUCKETS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

/** A figure that is read off a camera when it is asked for. */
interface Reading {
  name: string;
  help: string;
  /** Whether it only ever grows. */
  isCounter: boolean;
  read(served: ServedCamera): number;
}

const READINGS: readonly Reading[] = [
  counter("wscam_frames_captured_total", "Frames taken from the source.", ({ camera }) => {
    return camera.counters.captured;
  }),
  counter(
    "wscam_frames_broken_total",
    "Pictures from the source that were not whole.",
    ({ camera }) => camera.counters.broken,
  ),
  counter("wscam_frames_encoded_total", "Frames encoded, whatever to.", ({ counters }) => {
    return counters.encoded;
  }),
  counter(
    "wscam_key_frames_total",
    "Frames encoded to H.264 that decoding can begin with.",
    ({ counters }) => counters.keys,
  ),
  counter(
    "wscam_frames_copied_total",
    "Frames passed on as the JPEG that they were.",
    ({ counters }) => counters.copied,
  ),
  counter(
    "wscam_frames_skipped_total",
    "Frames that gave way to a newer one before they were encoded.",
    ({ counters }) => counters.skipped,
  ),
  counter(
    "wscam_encode_failures_total",
    "Frames that the encoder refused.",
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
    "Those dropped of H.264 since a key frame had to come first, over all viewers.",
    ({ counters }) => counters.leftOut,
  ),
  counter("wscam_sent_bytes_total", "Bytes of pictures sent.", ({ counters }) => {
    return counters.bytes;
  }),
  counter(
    "wscam_camera_restarts_total",
    "Times that the camera was opened again after it had failed.",
    ({ camera }) => camera.counters.restarts,
  ),
  gauge("wscam_viewers", "Viewers connected.", ({ size }) => size),
  gauge("wscam_renditions", "Renditions that are watched.", ({ streams }) => {
    return streams.filter(({ viewers }) => viewers.length > 0).length;
  }),
  gauge("wscam_h264_viewers", "Viewers connected that get H.264.", ({ streams }) => {
    return videoOf(streams).reduce((sum, { viewers }) => sum + viewers.length, 0);
  }),
  gauge("wscam_h264_renditions", "Renditions in H.264 that are watched.", ({ streams }) => {
    return videoOf(streams).filter(({ viewers }) => viewers.length > 0).length;
  }),
  gauge("wscam_camera_live", "Whether frames come: 1 or 0.", ({ status }) => {
    return status.state === "live" ? 1 : 0;
  }),
  gauge(
    "wscam_camera_failed",
    "Whether it should deliver frames and does not: 1 or 0.",
    ({ status }) => status.state === "failed" ? 1 : 0,
  ),
  gauge("wscam_camera_fps", "Frames a second that the camera delivers now.", ({ camera }) => {
    return camera.measured?.fps ?? 0;
  }),
];

/**
 * Figures by the conventions of Prometheus.
 *
 * @param version the program's version
 */
export function createMetrics(version: string): Metrics {
  let asked: readonly ServedCamera[] = [];
  const seconds = new Histogram("camera", ENCODE_BUCKETS);
  const age = new Histogram("camera", AGE_BUCKETS);
  const metrics: Metric[] = [
    ...READINGS.map(({ name, help, isCounter, read }): Metric => ({
      name,
      help,
      type: isCounter ? "counter" : "gauge",
      read: () => asked.map((served) => ({ labels: { camera: served.name }, value: read(served) })),
    })),
    ...processMetrics(version),
    {
      name: "wscam_encode_seconds",
      help: "How long a frame took to encode, in seconds.",
      type: "histogram",
      read: () => seconds.read(),
    },
    {
      name: "wscam_frame_age_seconds",
      help: "How old a picture was when it went out.",
      type: "histogram",
      read: () => age.read(),
    },
  ];
  return {
    add(readings) {
      metrics.push(...readings.map(({ name, help, isCounter, label, read }): Metric => ({
        name,
        help,
        type: isCounter ? "counter" : "gauge",
        read: () => Array.from(read(), ([own, value]) => ({ labels: { [label]: own }, value })),
      })));
    },
    meterOf: (camera) => ({
      onEncoded: (value) => seconds.observe(camera, value),
      // The clock may have been set back since the capture.
      onPicture: (value) => age.observe(camera, Math.max(0, value)),
    }),
    forget(camera) {
      seconds.forget(camera);
      age.forget(camera);
    },
    response(cameras) {
      asked = cameras;
      const names = new Set(cameras.map(({ name }) => name));
      seconds.keep(names);
      age.keep(names);
      const headers = { "content-type": EXPOSITION_TYPE, "cache-control": "no-store" };
      return new Response(expositionText(metrics), { headers });
    },
  };
}

function videoOf(streams: ServedCamera["streams"]): ServedCamera["streams"] {
  return streams.filter(({ codec }) => codec === "h264");
}

function counter(name: string, help: string, read: Reading["read"]): Reading {
  return { name, help, isCounter: true, read };
}

function gauge(name: string, help: string, read: Reading["read"]): Reading {
  return { name, help, isCounter: false, read };
}

/** The metrics that clients of Prometheus give of their process. */
function processMetrics(version: string): Metric[] {
  const plain = (
    name: string,
    help: string,
    { type = "gauge", read }: { type?: "counter" | "gauge"; read: () => number },
  ): Metric => ({ name, help, type, read: () => [{ labels: {}, value: read() }] });
  const cpuSeconds = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  return [
    {
      name: "wscam_build_info",
      help: "The version, as a label of 1.",
      type: "gauge",
      read: () => [{ labels: { version }, value: 1 }],
    },
    plain("process_start_time_seconds", "Start, in seconds since 1970.", {
      read: () => Math.round(performance.timeOrigin) / 1000,
    }),
    plain("process_cpu_seconds_total", "Processor time, in seconds.", {
      type: "counter",
      read: cpuSeconds,
    }),
    plain("process_resident_memory_bytes", "Memory that it holds.", {
      read: () => Deno.memoryUsage().rss,
    }),
    ...(Deno.build.os === "linux"
      ? [plain("process_open_fds", "Open descriptors.", {
        read: () => readdirSync("/proc/self/fd").length,
      })]
      : []),
  ];
}
