import type { EncodedVideo } from "../../encoder/encoder.ts";
import type { AvcConfig } from "../../h264/avc_config.ts";
import { fragment, initialisation } from "../../h264/fragments.ts";
import { videoText } from "../../protocol/message.ts";
import { Picture } from "../picture.ts";
import type { VideoTimes } from "./timeline.ts";

/**
 * The beginning of a stream for a viewer; another one comes when the decoder configuration changes.
 */
export class VideoTrack {
  /** How its pictures are decoded. */
  readonly config: AvcConfig;
  /** The stream that it belongs to, which numbers its pictures. */
  readonly stream: object;
  /** The `video` message. */
  readonly text: string;
  /** The initialisation segment. */
  readonly start: Uint8Array<ArrayBuffer>;

  constructor(config: AvcConfig, stream: object) {
    this.config = config;
    this.stream = stream;
    this.text = videoText(config);
    this.start = initialisation(config);
  }
}

export interface VideoPictureOptions extends VideoTimes {
  /** The camera's name for viewers. */
  camera: string;
  /** Its track. */
  track: VideoTrack;
  /**
   * The number of the picture in the stream: each depends on the one before, unless it is a key
   * frame.
   */
  order: number;
}

/** One picture of an H.264 stream, as a fragment of MP4. */
export class VideoPicture extends Picture {
  /** Its track. */
  readonly track: VideoTrack;
  /** Counts the stream's pictures. */
  readonly order: number;
  /** Whether decoding can begin with it. */
  readonly isKey: boolean;
  readonly #fragment: Uint8Array<ArrayBuffer>;

  /** Makes the fragment, the only copy of its data that is kept. */
  constructor(encoded: EncodedVideo, options: VideoPictureOptions) {
    const { camera, track, order, decodeTime, duration } = options;
    const { isKey, sequence, timestamp, data } = encoded;
    const offset = Math.round(encoded.offsetMs * 90);
    const bytes = fragment({
      sequence,
      data,
      isKey,
      timestamp,
      decodeTime,
      duration,
      offset,
    });
    super({ ...encoded, data: bytes.subarray(-data.length) }, camera);
    this.track = track;
    this.order = order;
    this.isKey = isKey;
    this.#fragment = bytes;
  }

  /** The fragment: it has no other form. */
  override as(): Uint8Array<ArrayBuffer> {
    return this.#fragment;
  }
}
