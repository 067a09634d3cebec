/**
 * Makes pictures narrower, on a thread of its own. See {@linkcode Scaler}.
 *
 * @module
 */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { scaleDown } from "./scale.ts";

/** A picture that is to be made narrower. */
export interface ScaleRequest {
  /** Its pixels. They come back with the answer. */
  pixels: Uint8Array<ArrayBuffer>;
  /** Its size, in pixels. */
  width: number;
  /** Its size, in pixels. */
  height: number;
  /** How wide it is wanted, in pixels. */
  to: number;
}

/** The picture that was made. */
export interface ScaleAnswer {
  /** Its pixels. */
  data: Uint8Array<ArrayBuffer>;
  /** Its size, in pixels. */
  width: number;
  /** Its size, in pixels. */
  height: number;
  /** The buffer that came with the request, to be used again. */
  pixels: Uint8Array<ArrayBuffer>;
}

self.onmessage = ({ data: { pixels, width, height, to } }: MessageEvent<ScaleRequest>) => {
  const answer: ScaleAnswer = { ...scaleDown({ data: pixels, width, height }, to), pixels };
  self.postMessage(answer, [answer.data.buffer, pixels.buffer]);
};
