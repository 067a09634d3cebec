import type { FrameInfo } from "./frame.ts";
import { Pace } from "../time/pace.ts";

/** The measured size and rate of a camera. */
export interface Measured {
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
  /** Frames a second, once there are two. */
  fps: number | undefined;
}

/** Measures passing frames. */
export class Meter {
  #size: { width: number; height: number } | undefined;
  readonly #pace = new Pace(16);

  /** The measurement over the last frames; `undefined` before the first one. */
  get measured(): Measured | undefined {
    return this.#size && { ...this.#size, fps: this.#pace.perSecond };
  }

  /** Frames a second at `now`, in milliseconds of the clock in use: fewer while no frame comes. */
  fpsAt(now: number): number | undefined {
    return this.#pace.perSecondAt(now);
  }

  /** The time of the newest frame, in milliseconds of the clock in use; `undefined` before it. */
  get lastAt(): number | undefined {
    return this.#pace.lastAt;
  }

  /** Counts a frame; `now` is in milliseconds on a monotonic clock. */
  take({ width, height }: Pick<FrameInfo, "width" | "height">, now: number): void {
    this.#pace.take(now);
    this.#size = { width, height };
  }
}
