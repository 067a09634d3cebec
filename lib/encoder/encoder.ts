import type { Frame, FrameInfo } from "../frame/frame.ts";
import type { CodedPicture } from "../frame/coded_picture.ts";

/** The codecs of pictures. */
export type Codec = "jpeg" | "h264";

/** The shape of a rendition. */
export interface RenditionShape {
  /** JPEG quality, 0 to 100; `null` for the camera's. */
  quality: number | null;
  /** In pixels; `null` for the camera's, which it never exceeds. */
  width: number | null;
  /** The codec of its pictures. @default {"jpeg"} */
  codec?: Codec;
  /**
   * Pictures a second of a rendition in H.264, where they are fewer than the camera's: each picture is made from the one
   * before, so none can be left out for one viewer. @default {null}
   */
  maxFps?: number | null;
}

/** One encoded picture, whatever it is encoded as. */
export interface Encoded extends FrameInfo {
  /** The codec of its bytes. */
  readonly codec: Codec;
  /** With `jpeg`, a whole file; with `h264`, its NAL units, each behind its length. Nobody changes them. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** Counts a camera's frames, from 1; not every frame is encoded. */
  readonly sequence: number;
}

/** A picture as a JPEG file. */
export interface EncodedJpeg extends Encoded {
  /** Tells it from others. */
  readonly codec: "jpeg";
}

/** A picture of an H.264 stream, which is made from the one before unless it is a key frame. */
export interface EncodedVideo extends CodedPicture {
  /** Tells it from others. */
  readonly codec: "h264";
}

/** One encoded picture. */
export type EncodedPicture = EncodedJpeg | EncodedVideo;

/** Makes pictures of a camera's frames, in one way for all who want it. */
export interface Encoder {
  /**
   * Makes a picture of a frame; of the frame's own bytes where they will do. JPEG may be done in another order than
   * it was begun.
   *
   * @throws {EncoderError} when no frame can be encoded, with what to do
   * @throws {Error} when this one can't
   */
  encode(frame: Frame): EncodedPicture | Promise<EncodedPicture>;
  /** Ends what was started for it; that starts again with the next frame. */
  stop(): Promise<void>;
}
