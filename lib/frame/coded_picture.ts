import type { AvcConfig } from "../h264/avc_config.ts";
import type { FrameInfo } from "./frame.ts";

/** A picture of an H.264 stream, which depends on those before unless it is a key frame. */
export interface CodedPicture extends FrameInfo {
  /** Its NAL units, each preceded by its length in 4 bytes. Must not be modified. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** Counts a camera's frames, from 1. */
  readonly sequence: number;
  /** Whether decoding can begin with it. */
  readonly isKey: boolean;
  /** Its decoder configuration: the same object for as long as it doesn't change. */
  readonly config: AvcConfig;
  /**
   * Its decoding time in the stream, in milliseconds, which may wrap; `undefined` if it equals the
   * capture time.
   */
  readonly decodeMs?: number;
  /** The delay from its decoding to its display, in milliseconds. */
  readonly offsetMs: number;
}
