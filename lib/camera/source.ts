import type { CodedPicture } from "../frame/coded_picture.ts";
import type { Frame, FramePool } from "../frame/frame.ts";
import type { Plan } from "../ffmpeg/mode/plan.ts";

/**
 * The reason of a signal that is aborted because nothing has come for too long: what hangs needs no
 * time to end well.
 */
export const FROZEN = "frozen";

/** The wishes of those who watch a camera whose pictures come as H.264. */
export interface VideoWish {
  /** Whether somebody wants them as they are. */
  isWanted(): boolean;
  /** Whether somebody wants frames. */
  wantsFrames(): boolean;
  /** Takes each picture. */
  onPicture(picture: CodedPicture): void;
}

/** How a source is read. */
export interface FramesOptions {
  /** Gives the frames' buffers. */
  pool: FramePool;
  /** Ends the frames, and everything that was started for them. */
  signal: AbortSignal;
  /** Called before the first frame with who makes the JPEG of what follows. */
  onPlan?: (plan: Pick<Plan, "encoder" | "reason" | "video">) => void;
  /** The wishes for a camera's own H.264. @default {it is decoded} */
  video?: VideoWish;
  /** Called for each picture that was not whole, and dropped. */
  onBroken?: () => void;
  /** Whether what comes from an address was seen to be MPEG-TS. @default {false} */
  isTransport?: boolean;
}

/** Gives frames: it is opened each time they are asked for. */
export interface Source {
  /** The longest time until `onPlan` is called, in milliseconds, if it is called at all. */
  readonly askMs?: number;
  /**
   * The longest time until the first frame, in milliseconds, where that is longer than between
   * others.
   */
  readonly openMs?: number;
  /**
   * The longest time between two frames, in milliseconds, where the camera's own rate doesn't tell.
   */
  readonly gapMs?: number;
  /**
   * Frames as they come, each held once by who takes it, until the signal is aborted.
   *
   * @throws {SourceError} when the source can't be opened, or ends
   */
  frames(options: FramesOptions): AsyncIterable<Frame>;
}
