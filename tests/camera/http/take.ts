import { assert, assertEquals } from "@std/assert";
import { loadSource } from "../../../lib/camera/source_kinds.ts";
import { parseCamera } from "../../../lib/camera/camera_spec.ts";
import { DEFAULT_CAPTURE } from "../../../lib/frame/change_capture.ts";
import type { Capture } from "../../../lib/frame/capture.ts";
import { type Frame, FramePool } from "../../../lib/frame/frame.ts";

export interface Taken {
  frames: Pick<Frame, "width" | "height" | "format" | "timestamp">[];
  broken: number;
  encoder: string | undefined;
}

/** Takes this many pictures from an address; without `ffmpeg`, there is none. */
export async function take(
  url: string,
  count: number,
  { ffmpeg = "/no/ffmpeg", ...capture }: Partial<Capture> & { ffmpeg?: string } = {},
): Promise<Taken> {
  const { source } = parseCamera(url);
  assert(source.kind === "url");
  const whole = { ...DEFAULT_CAPTURE, fps: 30, encoder: "copy" as const, ...capture };
  const taken: Taken = { frames: [], broken: 0, encoder: undefined };
  const options = {
    pool: new FramePool(),
    signal: AbortSignal.timeout(60_000),
    onBroken: () => void taken.broken++,
    onPlan: ({ encoder }: { encoder: string }) => void (taken.encoder = encoder),
  };
  const open = await loadSource(source);
  for await (const frame of open(whole, { ffmpeg }).frames(options)) {
    const { width, height, format, timestamp } = frame;
    frame.release();
    taken.frames.push({ width, height, format, timestamp });
    if (taken.frames.length === count) break;
  }
  assertEquals(taken.frames.length, count, "it didn't give enough in time");
  return taken;
}
