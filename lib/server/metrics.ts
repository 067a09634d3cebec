import { readdirSync } from "node:fs";
import process from "node:process";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Channel } from "../stream/channel.ts";

/** What a camera's parts report while they work. */
export interface CameraMeter {
  /** A frame was encoded, in so many seconds. */
  onEncoded(seconds: number): void;
  /** A picture went out that was so old, in seconds. */
  onBroadcast(ageSeconds: number): void;
}

/** A figure of another part, read off when it is asked for. */
export interface MetricReading {
  /** By the conventions of Prometheus. */
  name: string;
  /** What it is. */
  help: string;
  /** Whether it only ever grows. */
  isCounter: boolean;
  /** What tells its values apart. */
  label: string;
  /** The values, by their labels. */
  read(): Iterable<readonly [label: string, value: number]>;
}

/** Everything that `GET /metrics` tells. */
export interface Metrics {
  /** Adds figures of another part. */
  add(readings: readonly MetricReading[]): void;
  /** What a camera's parts report to. */
  meterOf(camera: string): CameraMeter;
  /** The answer to `GET /metrics`, in Prometheus' text format. */
  response(channels: readonly Channel[]): Promise<Response>;
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
  read(channel: Channel): number;
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
  counter("wscam_frames_encoded_total", "Frames encoded to JPEG.", ({ counters }) => {
    return counters.encoded;
  }),
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
    return streams.filter(({ broadcaster }) => broadcaster.size > 0).length;
  }),
  gauge("wscam_camera_live", "Whether frames come: 1 or 0.", ({ camera }) => {
    return camera.status.state === "live" ? 1 : 0;
  }),
  gauge(
    "wscam_camera_failed",
    "Whether it should deliver frames and does not: 1 or 0.",
    ({ camera }) => camera.status.state === "failed" ? 1 : 0,
  ),
  gauge("wscam_camera_fps", "Frames a second that the camera delivers now.", ({ camera }) => {
    return camera.measured?.fps ?? 0;
  }),
];

/**
 * Figures by the conventions of Prometheus, kept with its client for Node.
 *
 * @param version the program's version
 */
export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  const labelNames = ["camera"] as const;
  const common = { labelNames, registers: [registry] };
  let asked: readonly Channel[] = [];
  for (const { name, help, isCounter, read } of READINGS) {
    const make = isCounter ? Counter<"camera"> : Gauge<"camera">;
    new make({
      ...{ name, help, ...common },
      collect() {
        this.reset();
        for (const channel of asked) this.inc({ camera: channel.name }, read(channel));
      },
    });
  }
  addProcess(registry, version);
  const seconds = new Histogram({
    ...{ name: "wscam_encode_seconds", help: "How long a frame took to encode, in seconds." },
    ...{ ...common, buckets: ENCODE_BUCKETS },
  });
  const age = new Histogram({
    ...{ name: "wscam_frame_age_seconds", help: "How old a picture was when it went out." },
    ...{ ...common, buckets: AGE_BUCKETS },
  });
  return {
    add(readings) {
      for (const { name, help, isCounter, label, read } of readings) {
        const make = isCounter ? Counter<string> : Gauge<string>;
        new make({
          ...{ name, help, labelNames: [label], registers: [registry] },
          collect() {
            this.reset();
            for (const [value, figure] of read()) this.inc({ [label]: value }, figure);
          },
        });
      }
    },
    meterOf(camera) {
      const [encoding, sending] = [seconds.labels({ camera }), age.labels({ camera })];
      return {
        onEncoded: (value) => encoding.observe(value),
        // The clock may have been set back since the capture.
        onBroadcast: (value) => sending.observe(Math.max(0, value)),
      };
    },
    async response(channels) {
      asked = channels;
      const headers = { "content-type": registry.contentType, "cache-control": "no-store" };
      return new Response(await registry.metrics(), { headers });
    },
  };
}

function counter(name: string, help: string, read: Reading["read"]): Reading {
  return { name, help, isCounter: true, read };
}

function gauge(name: string, help: string, read: Reading["read"]): Reading {
  return { name, help, isCounter: false, read };
}

/** What Prometheus' clients tell of their process. Their own collector would keep us from being idle. */
function addProcess(registry: Registry, version: string): void {
  const registers = [registry];
  new Gauge({
    ...{ name: "wscam_build_info", help: "The version, as a label of 1.", registers },
    labelNames: ["version"],
  }).set({ version }, 1);
  new Gauge({
    ...{ name: "process_start_time_seconds", help: "Start, in seconds since 1970.", registers },
  }).set(Math.round(performance.timeOrigin) / 1000);
  new Counter({
    ...{ name: "process_cpu_seconds_total", help: "Processor time, in seconds.", registers },
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  new Gauge({
    ...{ name: "process_resident_memory_bytes", help: "Memory that it holds.", registers },
    collect() {
      this.set(Deno.memoryUsage().rss);
    },
  });
  if (Deno.build.os !== "linux") return;
  new Gauge({
    ...{ name: "process_open_fds", help: "Open descriptors.", registers },
    collect() {
      this.set(readdirSync("/proc/self/fd").length);
    },
  });
}
