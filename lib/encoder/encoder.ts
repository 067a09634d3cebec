import type { Frame, FrameInfo } from "../frame/frame.ts";

/** What pictures are encoded as. */
export type Codec = "jpeg";

/** What a rendition is like. */
export interface RenditionShape {
  /** JPEG quality, 0 to 100; `null` for the camera's. */
  quality: number | null;
  /** In pixels; `null` for the camera's, which it never exceeds. */
  width: number | null;
}

/** One encoded picture. */
export interface EncodedPicture extends FrameInfo {
  /** What its bytes are. */
  readonly codec: Codec;
  /** With `jpeg`, a whole file. Nobody changes them. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** Counts a camera's frames, from 1; not every frame is encoded. */
  readonly sequence: number;
}

/** Makes pictures of a camera's frames, in one way for all who want it. */
export interface Encoder {
  /**
   * Makes a picture of a frame; of the frame's own bytes where they will do. Pictures may be done in another
   * order than they were begun.
   *
   * @throws {EncoderError} when no frame can be encoded, with what to do
   * @throws {Error} when this one can't
   */
  encode(frame: Frame): EncodedPicture | Promise<EncodedPicture>;
  /** Ends what was started for it; that starts again with the next frame. */
  stop(): Promise<void>;
}
