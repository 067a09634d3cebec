import type { Frame, FrameInfo } from "../frame/frame.ts";
import type { CodedPicture } from "../frame/coded_picture.ts";

/** The codecs of pictures. */
export type Codec = "jpeg" | "h264";

/** The shape of a rendition. */
export interface RenditionShape {
  /** JPEG quality, 0 to 100; `null` for the camera's own. */
  quality: number | null;
  /** In pixels; `null` for the camera's own, which is also the maximum. */
  width: number | null;
  /** The codec of its pictures. @default {"jpeg"} */
  codec?: Codec;
  /**
   * The rate of an H.264 rendition, if it is lower than the camera's: each picture depends on the
   * one before, so none can be dropped for a single viewer.
   *
   * @default {null}
   */
  maxFps?: number | null;
}

/** One encoded picture, in any codec. */
export interface Encoded extends FrameInfo {
  /** The codec of its bytes. */
  readonly codec: Codec;
  /**
   * With `jpeg`, a whole file; with `h264`, its NAL units, each preceded by its length. Must not be
   * modified.
   */
  readonly data: Uint8Array<ArrayBuffer>;
  /** The number of the camera's frame, from 1; not every frame is encoded. */
  readonly sequence: number;
}

/** A picture as a JPEG file. */
export interface EncodedJpeg extends Encoded {
  /** Tells it from others. */
  readonly codec: "jpeg";
}

/** A picture of an H.264 stream, which depends on the one before unless it is a key frame. */
export interface EncodedVideo extends CodedPicture {
  /** Tells it from others. */
  readonly codec: "h264";
}

/** One encoded picture. */
export type EncodedPicture = EncodedJpeg | EncodedVideo;

/** Encodes a camera's frames for all viewers of a rendition. */
export interface Encoder {
  /**
   * Encodes a frame, or uses the frame's own bytes if they will do. JPEGs may be finished in
   * another order than they were begun.
   *
   * @throws {EncoderError} when no frame can be encoded, with what to do
   * @throws {Error} when this one can't
   */
  encode(frame: Frame): EncodedPicture | Promise<EncodedPicture>;
  /** Ends everything it started; the next frame starts it again. */
  stop(): Promise<void>;
}
