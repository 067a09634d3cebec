import type { ServedCamera } from "../../stream/served_camera.ts";
import { CAMERA_READINGS, type CameraReading } from "./camera_readings.ts";
import { EXPOSITION_TYPE, expositionText, type Metric } from "./exposition.ts";
import { Histogram } from "./histogram.ts";
import { processMetrics } from "./process_metrics.ts";

/** Receives measurements from a camera's parts. */
export interface CameraMeter {
  /** A frame was encoded in this many seconds. */
  onEncoded(seconds: number): void;
  /** A picture was sent at this age, in seconds. */
  onPicture(ageSeconds: number): void;
}

/** A metric of another part, computed when it is read. */
export interface MetricReading {
  /** Named by Prometheus' conventions. */
  name: string;
  /** Its meaning. */
  help: string;
  /** Whether it is a counter, which only grows. */
  isCounter: boolean;
  /** The label that distinguishes its values. */
  label: string;
  /** The values, by their labels. */
  read(): Iterable<readonly [label: string, value: number]>;
}

/** All metrics for `GET /metrics`. */
export interface Metrics {
  /** Adds metrics of another part. */
  add(readings: readonly MetricReading[]): void;
  /** The meter for a camera's parts to report to. */
  meterOf(camera: string): CameraMeter;
  /** A camera has been removed, and its metrics with it. */
  forget(camera: string): void;
  /** The response to `GET /metrics`, in Prometheus' text format. */
  response(cameras: readonly ServedCamera[]): Response;
}

/** From a fast machine's VGA to a slow one's 1080p. */
const ENCODE_BUCKETS = [0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1];
/** From `copy` to a camera behind a slow network. */
const AGE_BUCKETS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

/**
 * Metrics by Prometheus' conventions.
 *
 * @param version the program's version
 */
export function createMetrics(version: string): Metrics {
  let asked: readonly ServedCamera[] = [];
  const seconds = new Histogram("camera", ENCODE_BUCKETS);
  const age = new Histogram("camera", AGE_BUCKETS);
  const metrics: Metric[] = [
    ...CAMERA_READINGS.map((reading) => cameraMetric(reading, () => asked)),
    ...processMetrics(version),
    histogramMetric(
      "wscam_encode_seconds",
      "Time to encode a frame, in seconds.",
      seconds,
    ),
    histogramMetric(
      "wscam_frame_age_seconds",
      "Age of a picture when it was sent, in seconds.",
      age,
    ),
  ];
  return {
    add: (readings) => void metrics.push(...readings.map(labelledMetric)),
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

function cameraMetric(
  { name, help, isCounter, read }: CameraReading,
  asked: () => readonly ServedCamera[],
): Metric {
  return {
    name,
    help,
    type: isCounter ? "counter" : "gauge",
    read: () => asked().map((served) => ({ labels: { camera: served.name }, value: read(served) })),
  };
}

function labelledMetric({ name, help, isCounter, label, read }: MetricReading): Metric {
  return {
    name,
    help,
    type: isCounter ? "counter" : "gauge",
    read: () => Array.from(read(), ([own, value]) => ({ labels: { [label]: own }, value })),
  };
}

function histogramMetric(name: string, help: string, histogram: Histogram): Metric {
  return { name, help, type: "histogram", read: () => histogram.read() };
}
