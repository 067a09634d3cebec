import { buildNative } from "../system/native.ts";

/** The orders of the load generator. */
export interface LoadOptions {
  /** The server's, on 127.0.0.1. */
  port: number;
  /**
   * Viewers that read.
   *
   * @default 10
   */
  n?: number;
  /**
   * How long it counts.
   *
   * @default 5
   */
  seconds?: number;
  /**
   * Seconds before it counts.
   *
   * @default 1
   */
  warm?: number;
  /**
   * Further viewers that never read.
   *
   * @default 0
   */
  stalled?: number;
  /** The most that each viewer reads, in KiB a second; everything by default. */
  kbps?: number;
  /**
   * The address, with its query.
   *
   * @default "/"
   */
  path?: string;
  /**
   * Whether it reads MJPEG over HTTP and not a WebSocket.
   *
   * @default false
   */
  mjpeg?: boolean;
}

/** The findings of the load generator. */
export interface LoadResult {
  clients: number;
  /** Viewers that could not connect. */
  failed: number;
  /** Viewers that the server disconnected. */
  closed: number;
  /** `error` messages. */
  errors: number;
  /** Frames of all viewers. */
  frames: number;
  /** Frames a second, by viewer. */
  fps: { min: number; median: number; max: number };
  /** Megabytes a second, of all viewers. */
  megabytesPerSecond: number;
  /** KiB of a frame. */
  frameKiB: number;
  /** Milliseconds from a frame's `timestamp` until it arrived; -1 if it had none. */
  ageMs: { p50: number; p95: number; p99: number; max: number };
  /** The generator's own processor time, in seconds. */
  cpuSeconds: number;
}

/**
 * Connects viewers to a server and measures what they get.
 *
 * @param options Their number and kind.
 * @returns What they got.
 * @throws {Error} If the generator fails.
 */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { port, n = 10, seconds = 5, warm = 1, stalled = 0, kbps = 0, path = "/" } = options;
  const program = await buildNative("attack/load/wsload.c", []);
  const numbers = { p: port, n, d: seconds, w: warm, s: stalled, r: kbps };
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [
      ...Object.entries(numbers).flatMap(([flag, value]) => [`-${flag}`, String(value)]),
      "-u",
      path,
      ...(options.mjpeg ? ["-m"] : []),
    ],
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`Cannot run wsload: it failed: ${decoder.decode(stderr).trim()}`);
  return toResult(JSON.parse(decoder.decode(stdout)));
}

/**
 * Compiles the floor for pushing one message to many viewers, in plain C.
 *
 * @returns The program, to be called with a port, the kilobytes of a message and messages a second.
 */
export function buildFanLimit(): Promise<string> {
  return buildNative("attack/load/fanlimit.c", []);
}

/** The quoted names are those that `wsload.c` prints. */
function toResult(printed: Record<string, number>): LoadResult {
  const value = (name: string): number => printed[name] ?? NaN;
  return {
    clients: value("clients"),
    failed: value("failed"),
    closed: value("closed"),
    errors: value("errors"),
    frames: value("frames"),
    fps: { min: value("fps_min"), median: value("fps_med"), max: value("fps_max") },
    megabytesPerSecond: value("MBps"),
    frameKiB: value("avg_KB"),
    ageMs: {
      p50: value("lat_p50_ms"),
      p95: value("lat_p95_ms"),
      p99: value("lat_p99_ms"),
      max: value("lat_max_ms"),
    },
    cpuSeconds: value("load_cpu_s"),
  };
}
