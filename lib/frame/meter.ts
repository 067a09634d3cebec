import type { FrameInfo } from "./frame.ts";
import { Pace } from "../time/pace.ts";

/** The size and the rate that a camera delivers. */
export interface Measured {
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
  /** Frames a second, once there were two. */
  fps: number | undefined;
}

/** Measures the frames that pass. */
export class Meter {
  #size: { width: number; height: number } | undefined;
  readonly #pace = new Pace(16);

  /** The measurement of the last frames; nothing before the first one. */
  get measured(): Measured | undefined {
    return this.#size && { ...this.#size, fps: this.#pace.perSecond };
  }

  /** When the newest frame passed, in milliseconds of the clock that is used; never before the first. */
  get lastAt(): number | undefined {
    return this.#pace.lastAt;
  }

  /** Takes note of a frame; `now` is in milliseconds of a clock that never jumps. */
  take({ width, height }: Pick<FrameInfo, "width" | "height">, now: number): void {
    this.#pace.take(now);
    this.#size = { width, height };
  }
}
