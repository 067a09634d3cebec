/**
 * Scales pictures down, on a thread of its own. See {@linkcode Scaler}.
 *
 * @module
 */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { scaleDown } from "./scale.ts";

/** A picture to scale down. */
export interface ScaleRequest {
  /** Its pixels. They are returned with the answer. */
  pixels: Uint8Array<ArrayBuffer>;
  /** Its size, in pixels. */
  width: number;
  /** Its size, in pixels. */
  height: number;
  /** The wanted width, in pixels. */
  to: number;
}

/** The scaled picture. */
export interface ScaleAnswer {
  /** Its pixels. */
  data: Uint8Array<ArrayBuffer>;
  /** Its size, in pixels. */
  width: number;
  /** Its size, in pixels. */
  height: number;
  /** The buffer from the request, for reuse. */
  pixels: Uint8Array<ArrayBuffer>;
}

/** Why a picture can't be scaled. */
export interface ScaleFailure {
  /** In words. */
  problem: string;
}

self.onmessage = ({ data: { pixels, width, height, to } }: MessageEvent<ScaleRequest>) => {
  try {
    const answer: ScaleAnswer = { ...scaleDown({ data: pixels, width, height }, to), pixels };
    self.postMessage(answer, [answer.data.buffer, pixels.buffer]);
  } catch (error) {
    // An error that isn't caught ends the thread.
    const failure: ScaleFailure = {
      problem: error instanceof Error ? error.message : String(error),
    };
    self.postMessage(failure);
  }
};
