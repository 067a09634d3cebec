import type { Clock } from "../time/clock.ts";
import type { CodedPicture } from "../frame/coded_picture.ts";
import type { Frame } from "../frame/frame.ts";
import { type Failure, failureOf } from "../frame/source_error.ts";
import { type FramesOptions, FROZEN, type Source } from "./source.ts";
import { Watchdog } from "../time/watchdog.ts";

/** Options of {@linkcode readSource}. */
export interface ReadSourceOptions extends FramesOptions {
  /** The longest time without a frame, in milliseconds. */
  frozenMs: number;
  /** Measures that time. */
  clock: Clock;
  /** Called with each frame, which the callee has to release. */
  onFrame: (frame: Frame) => void;
  /** Called once when frames end unexpectedly, or at once when they merely stop coming. */
  onFailure: (failure: Failure) => void;
}

/** The failure of a source whose pictures all turn out to be unusable. */
export const ONLY_BROKEN: Failure = {
  code: "broken",
  reason: "sends only pictures that aren't whole, or are too large",
};

/** The failure of a source that has given nothing for this long, in milliseconds. */
export function frozenFor(ms: number): Failure {
  return { code: "frozen", reason: `is frozen: no picture for ${ms / 1000} s` };
}

/** Reads a source once, until its signal is aborted, it ends, or no frame has come for too long. */
export async function readSource(source: Source, options: ReadSourceOptions): Promise<void> {
  const { clock, onFailure } = options;
  const over = new AbortController();
  const { askMs = 0, openMs = 0, gapMs = 0 } = source;
  const frozenMs = Math.max(options.frozenMs, gapMs);
  const watchdog = new Watchdog(Math.max(frozenMs, openMs, askMs), clock);
  const signal = AbortSignal.any([options.signal, over.signal]);
  let broken = 0;
  watchdog.watch(signal).then(() => {
    if (signal.aborted) return;
    // This is reported before the source has ended: it may have to be killed first.
    onFailure(broken > 0 ? ONLY_BROKEN : frozenFor(watchdog.limitMs));
    over.abort(FROZEN);
  });
  let failure: Failure = { code: "ended", reason: "ended" };
  try {
    await readFrames(source, {
      ...options,
      frozenMs,
      signal,
      watchdog,
      onFrame: (frame) => {
        broken = 0;
        options.onFrame(frame);
      },
      onBroken: () => {
        // The source is open: from now on, the limit between frames applies.
        if (broken++ === 0) watchdog.reset(frozenMs);
        options.onBroken?.();
      },
    });
  } catch (error) {
    failure = failureOf(error);
  }
  if (signal.aborted) return;
  over.abort();
  onFailure(failure);
}

async function readFrames(
  source: Source,
  { watchdog, frozenMs, clock: _, onFailure: __, onFrame, onPlan, ...options }:
    & ReadSourceOptions
    & {
      watchdog: Watchdog;
    },
): Promise<void> {
  const { signal, video } = options;
  const frames = source.frames({
    ...options,
    ...(video && {
      video: {
        ...video,
        onPicture: (picture: CodedPicture) => {
          watchdog.reset(frozenMs);
          video.onPicture(picture);
        },
      },
    }),
    onPlan: (plan) => {
      onPlan?.(plan);
      watchdog.reset(Math.max(frozenMs, source.openMs ?? 0));
    },
  });
  for await (const frame of frames) {
    if (signal.aborted) {
      frame.release();
    } else {
      watchdog.reset(frozenMs);
      onFrame(frame);
    }
  }
}
