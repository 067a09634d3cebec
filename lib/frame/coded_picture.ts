import type { AvcConfig } from "../h264/avc_config.ts";
import type { FrameInfo } from "./frame.ts";

/** A picture of an H.264 stream, which is made from those before unless it is a key frame. */
export interface CodedPicture extends FrameInfo {
  /** Its NAL units, each behind its length in 4 bytes. Nobody changes them. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** Counts a camera's frames, from 1. */
  readonly sequence: number;
  /** Whether decoding can begin with it. */
  readonly isKey: boolean;
  /** How it is decoded: the same object as long as that is the same. */
  readonly config: AvcConfig;
  /** When it is decoded, in milliseconds of the stream's time, which may wrap; nothing where that is as it was captured. */
  readonly decodeMs?: number;
  /** How much later than decoded it is shown, in milliseconds. */
  readonly offsetMs: number;
}
