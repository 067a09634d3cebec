import type { CodedPicture } from "../frame/coded_picture.ts";
import type { Frame, FramePool } from "../frame/frame.ts";
import type { Plan } from "../ffmpeg/mode/plan.ts";

/**
 * The reason of a signal that was aborted because nothing came for too long: a source that hangs
 * gets no time to end by itself.
 */
export const FROZEN = "frozen";

/** The wishes of viewers of a camera that delivers H.264. */
export interface VideoWish {
  /** Whether somebody wants its pictures as they are. */
  isWanted(): boolean;
  /** Whether somebody wants frames. */
  wantsFrames(): boolean;
  /** Takes each picture. */
  onPicture(picture: CodedPicture): void;
}

/**
 * One reading of a source, from its opening to its end. It is handed on as it is to everything that
 * helps to read the source.
 */
export interface Reading {
  /** Gives the frames' buffers. */
  readonly pool: FramePool;
  /** Ends the frames and everything that was started for them. */
  readonly signal: AbortSignal;
  /** Called before the first frame, with the encoder of what follows. */
  readonly onPlan?: (plan: Pick<Plan, "encoder" | "reason" | "video">) => void;
  /**
   * The viewers' wishes for a camera's own H.264.
   *
   * @default {it is decoded}
   */
  readonly video?: VideoWish | undefined;
  /** Called for each picture that was dropped because it was not whole. */
  readonly onBroken?: () => void;
}

/** Gives frames; each call of `frames` opens it. */
export interface Source {
  /** The longest time until `onPlan` is called, in milliseconds, if it is called at all. */
  readonly askMs?: number;
  /**
   * The longest time until the first frame, in milliseconds, if it is longer than the time between
   * others.
   */
  readonly openMs?: number;
  /**
   * The longest time between two frames, in milliseconds, if the camera's rate doesn't determine
   * it.
   */
  readonly gapMs?: number;
  /**
   * Frames as they come, until the signal is aborted. Each is held once, and its receiver releases
   * it.
   *
   * @throws {SourceError} when the source can't be opened, or ends
   */
  frames(reading: Reading): AsyncIterable<Frame>;
}
