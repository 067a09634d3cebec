import { FramePool } from "../../frame/frame.ts";
import type { Plan } from "../../ffmpeg/mode/plan.ts";
import { SourceError } from "../../frame/source_error.ts";
import { frozenFor } from "../../camera/read_source.ts";
import type { Source } from "../../camera/source.ts";

/** The measurement of a source. */
export interface MeasuredCamera {
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
  /** Pictures a second, as they come; a faster camera gives more than is wanted. */
  fps: number;
  /** The encoder and the reason for it; undefined if the source leaves the choice to us. */
  plan: Pick<Plan, "encoder" | "reason"> | undefined;
}

export interface MeasureOptions {
  /**
   * A source that gives no picture for this long is given up, in milliseconds.
   *
   * @default {5000}
   */
  frozenMs?: number;
  /**
   * The first pictures arrive in a burst and don't count, for this long, in milliseconds.
   *
   * @default {500}
   */
  settleMs?: number;
  /**
   * How long it is measured after that, in milliseconds.
   *
   * @default {2000}
   */
  windowMs?: number;
}

/**
 * Opens a source as `serve` does, and measures what comes.
 *
 * @throws {SourceError} when nothing comes, or it ends
 */
export async function measure(
  source: Source,
  options: MeasureOptions = {},
): Promise<MeasuredCamera> {
  const { frozenMs = 5000, settleMs = 500, windowMs = 2000 } = options;
  const stop = new AbortController();
  const giveUp = (ms: number) => setTimeout(() => stop.abort(frozenError(ms)), ms);
  let patience = giveUp(Math.max(frozenMs, source.openMs ?? 0));
  const times: number[] = [];
  let plan: MeasuredCamera["plan"];
  let size = { width: 0, height: 0 };
  try {
    const onPlan = (chosen: NonNullable<typeof plan>) => plan = chosen;
    for await (
      const frame of source.frames({ pool: new FramePool(), signal: stop.signal, onPlan })
    ) {
      clearTimeout(patience);
      patience = giveUp(frozenMs);
      size = { width: frame.width, height: frame.height };
      frame.release();
      times.push(performance.now());
      if (span(times) >= settleMs + windowMs) stop.abort(ENOUGH);
    }
  } finally {
    clearTimeout(patience);
  }
  if (stop.signal.reason !== ENOUGH) throw stop.signal.reason ?? new SourceError("ended", "ended");
  return { ...size, fps: rateOf(times, settleMs), plan };
}

/** The abort reason of a measurement that succeeded. */
const ENOUGH = "enough";

function frozenError(ms: number): SourceError {
  const { code, reason } = frozenFor(ms);
  return new SourceError(code, reason);
}

/** From the first to the last, in milliseconds. */
function span(times: readonly number[]): number {
  return (times.at(-1) ?? 0) - (times[0] ?? 0);
}

/**
 * Pictures a second, without those from before the rate had settled, if that leaves enough of them.
 */
function rateOf(times: readonly number[], settleMs: number): number {
  const settled = times.filter((time) => time - (times[0] ?? 0) >= settleMs);
  const counted = settled.length >= 2 ? settled : times;
  const fps = (counted.length - 1) * 1000 / span(counted);
  return Math.round(fps * 10) / 10;
}
