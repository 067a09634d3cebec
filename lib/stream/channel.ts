import { Camera, type CameraOptions } from "../camera/camera.ts";
import { DEFAULT_QUALITY } from "../camera/ffmpeg_args.ts";
import type { Source } from "../camera/source.ts";
import { encodeJpeg } from "../encoder/jpeg.ts";
import { Rendition } from "../encoder/rendition.ts";
import { Broadcaster } from "./broadcaster.ts";

/** A camera with everything between it and its viewers. */
export interface Channel {
  /** What viewers call the camera. */
  readonly name: string;
  /** Where its frames come from, in words that may be shown to anybody. */
  readonly source: string;
  /** The source, kept alive. */
  readonly camera: Camera;
  /** Its frames, encoded. */
  readonly rendition: Rendition;
  /** Who watches. */
  readonly broadcaster: Broadcaster;
}

/** Options of {@linkcode createChannel}. */
export interface ChannelOptions extends CameraOptions {
  /** What viewers call the camera. */
  name: string;
  /** Where its frames come from, in words that may be shown to anybody. */
  description: string;
  /** JPEG quality, 0 to 100, of frames that come as pixels. @default {80} */
  quality?: number | undefined;
  /** Called for each frame that was encoded, with how long that took. */
  onEncoded?: (seconds: number) => void;
  /** Called for each picture that is broadcast, with its age in seconds. */
  onBroadcast?: (ageSeconds: number) => void;
}

/** Builds the chain from a source to its viewers. */
export function createChannel(source: Source, options: ChannelOptions): Channel {
  const { name, description, quality = DEFAULT_QUALITY, onEncoded, onBroadcast } = options;
  const camera = new Camera(source, options);
  const rendition = new Rendition(camera, (frame) => encodeJpeg(frame, quality), { onEncoded });
  const broadcaster = new Broadcaster(rendition, { name, onBroadcast });
  return { name, source: description, camera, rendition, broadcaster };
}
