import { Child } from "./child.ts";
import { type Device } from "./device_list.ts";
import { listDevices } from "./devices.ts";
import { explain } from "./explain.ts";
import { type CameraOs, ffmpegArgs, type FfmpegInput } from "./ffmpeg_args.ts";
import { ffmpegVersion } from "./ffmpeg_version.ts";
import type { Frame } from "./frame.ts";
import { readPam } from "./pam.ts";
import { type FramesOptions, type Source, SourceError } from "./source.ts";
import type { SourceSpec } from "./source_spec.ts";

/** How a camera is opened through ffmpeg. */
export interface FfmpegSourceOptions {
  /** Which ffmpeg. */
  ffmpeg: string;
  /** Asked of a camera; it may deliver another. In pixels. */
  resolution: { width: number; height: number };
  /** Frames a second that are wanted. */
  fps: number;
}

/** A camera, an address or a file, read through an ffmpeg of its own. */
export function createFfmpegSource(
  spec: Exclude<SourceSpec, { kind: "test" }>,
  { ffmpeg, resolution, fps }: FfmpegSourceOptions,
): Source {
  return {
    async *frames({ pool, signal }: FramesOptions): AsyncGenerator<Frame, void> {
      const os = cameraOs();
      if (signal.aborted) return;
      const version = await ffmpegVersion(ffmpeg, signal);
      if (signal.aborted) return;
      const input = await findInput(spec, { os, devices: () => listDevices(ffmpeg, os) });
      if (signal.aborted) return;
      await using child = new Child(ffmpeg, ffmpegArgs(input, { os, resolution, fps, version }));
      let frames = 0;
      for await (const frame of readFrames(child.stdout, { pool, signal })) {
        frames++;
        yield frame;
      }
      await child.close();
      if (signal.aborted) return;
      const { lastWords } = child;
      throw new SourceError(explain({ input, status: await child.exited, lastWords, frames }));
    },
  };
}

/** What {@linkcode findInput} looks in. */
export interface FindInputOptions {
  /** The system whose devices they are. */
  os: CameraOs;
  /** The cameras that are there now. */
  devices: () => Promise<Device[]>;
}

/**
 * What ffmpeg is to open: an index or a name is looked up anew each time, since cameras come and go.
 *
 * @throws {SourceError} when no camera has that index or name
 */
export async function findInput(
  spec: Exclude<SourceSpec, { kind: "test" }>,
  { os, devices }: FindInputOptions,
): Promise<FfmpegInput> {
  if (spec.kind === "url") return { kind: "url", url: spec.url };
  if (spec.kind === "file") return { kind: "file", path: spec.path };
  if (spec.kind === "device") return { kind: "device", device: spec.path };
  if (spec.kind === "index" && os === "linux") {
    return { kind: "device", device: `/dev/video${spec.index}` };
  }
  const there = await devices();
  const found = spec.kind === "index"
    ? there.find(({ index }) => index === spec.index)
    : there.find(({ name }) => name === spec.name) ??
      there.find(({ name }) => name.toLowerCase().includes(spec.name.toLowerCase()));
  if (found) return { kind: "device", device: found.device };
  const wanted = spec.kind === "index" ? `number ${spec.index}` : `the name '${spec.name}'`;
  throw new SourceError(`isn't there: no camera has ${wanted}`);
}

/** The system we run on; one that is like none of the others is taken for Linux. */
export function cameraOs(): CameraOs {
  const { os } = Deno.build;
  return os === "darwin" || os === "windows" ? os : "linux";
}

/** What isn't a picture doesn't come from an ffmpeg. */
async function* readFrames(
  stdout: Child["stdout"],
  options: FramesOptions,
): AsyncGenerator<Frame, void> {
  try {
    yield* readPam(stdout, options);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new SourceError(`gives no pictures: ${cause.message}`, { cause });
  }
}
