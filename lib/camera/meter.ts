import type { FrameInfo } from "./frame.ts";

/** What a camera delivers: size in pixels and frames a second. */
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
  #last: { at: number; width: number; height: number } | undefined;
  #interval = 0;

  /** What passed lately; nothing before the first frame. */
  get measured(): Measured | undefined {
    if (!this.#last) return undefined;
    const { width, height } = this.#last;
    return { width, height, fps: this.#interval > 0 ? 1000 / this.#interval : undefined };
  }

  /** When the newest frame passed, in milliseconds of the clock that is used; never before the first. */
  get lastAt(): number | undefined {
    return this.#last?.at;
  }

  /** Takes note of a frame; `now` is in milliseconds of a clock that never jumps. */
  take({ width, height }: Pick<FrameInfo, "width" | "height">, now: number): void {
    const interval = now - (this.#last?.at ?? now);
    this.#interval += (interval - this.#interval) / (this.#interval === 0 ? 1 : 16);
    this.#last = { at: now, width, height };
  }
}
