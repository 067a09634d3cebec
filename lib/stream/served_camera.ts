import { type PixelEncoder, takesPixels, USUAL_PIXEL_ENCODER } from "../jpeg/pixel_encoders.ts";
import type { CameraStatus } from "../camera/camera_status.ts";
import { Camera, type CameraOptions } from "../camera/camera.ts";
import { CameraControl, type CameraControlOptions } from "../camera/control/camera_control.ts";
import { DEFAULT_QUALITY } from "../frame/capture.ts";
import type { Inlet } from "../camera/push/inlet.ts";
import type { Source } from "../camera/source.ts";
import type { RenditionShape } from "../encoder/encoder.ts";
import { Annotations } from "./annotations.ts";
import { type EncodedCamera, Encoders } from "./encoders.ts";
import type { Recipient } from "./recipient.ts";
import type { Stream } from "./stream.ts";
import type { StreamCounters } from "./stream_counters.ts";
import { type JoinOptions, Streams } from "./streams.ts";

export interface ServedCameraOptions extends CameraOptions {
  /** The camera's name for viewers. */
  name: string;
  /** The source of its frames, in words that may be shown to anybody. */
  description: string;
  /** JPEG quality, 0 to 100, of frames that come as pixels. @default {80} */
  quality?: number | undefined;
  /**
   * Makes the encoders of its renditions.
   *
   * @default {those of the ffmpeg that the system finds}
   */
  createEncoders?: (camera: EncodedCamera) => Encoders;
  /** Its remote control, if it has one. */
  control?: Omit<CameraControlOptions, "onChange">;
  /** The inlet for a program's pictures, if it has one. */
  inlet?: Inlet | undefined;
  /** Called for each encoded frame, with the time it took. */
  onEncoded?: (seconds: number) => void;
  /** Called for each sent picture, with its age in seconds. */
  onPicture?: (ageSeconds: number) => void;
  /** Called when it is closed. */
  onClose?: () => void;
}

const usualEncoders = (camera: EncodedCamera): Encoders =>
  new Encoders({ ffmpeg: "ffmpeg", ...camera });

/** A rendition is kept ready for at most this long after its last viewer, in milliseconds. */
const LONGEST_LINGER_MS = 10_000;

/**
 * A camera with everything between it and its viewers: one stream for each rendition that is
 * watched.
 */
export class ServedCamera implements AsyncDisposable {
  /** The camera's name for viewers. */
  readonly name: string;
  /** The source of its frames, in words that may be shown to anybody. */
  readonly source: string;
  /** The source, kept alive. */
  readonly camera: Camera;
  /** The annotations of its pictures. */
  readonly annotations: Annotations;
  /** Remote control, if there is any. */
  readonly control: CameraControl | undefined;
  /** The inlet for a program's pictures, if it has one. */
  readonly inlet: Inlet | undefined;
  #quality: number | undefined;
  readonly #onClose: () => void;
  readonly #streams: Streams;
  readonly #observers = new Set<(status: CameraStatus) => void>();
  /** The status that observers were last told. */
  #told: CameraStatus | undefined;

  /** Does not open the camera yet, unless it is always on. */
  constructor(source: Source, options: ServedCameraOptions) {
    this.name = options.name;
    this.source = options.description;
    this.annotations = new Annotations(options.name);
    this.camera = new Camera(source, options);
    const { name, control, quality, createEncoders = usualEncoders } = options;
    const { onEncoded, onPicture } = options;
    this.#quality = quality;
    this.inlet = options.inlet;
    this.#onClose = options.onClose ?? (() => {});
    this.control = control && new CameraControl(this.camera, {
      ...control,
      onChange: (capture) => this.#quality = capture.quality,
    });
    const encoders = createEncoders({
      quality: () => this.#quality ?? DEFAULT_QUALITY,
      fps: () => this.camera.fps,
      pixelEncoder: () => this.#pixelEncoder,
    });
    this.#streams = new Streams(this.camera, encoders, {
      name,
      onEncoded,
      onPicture,
      onStatus: () => this.#tell(),
      lingerMs: Math.min(LONGEST_LINGER_MS, options.lingerMs ?? LONGEST_LINGER_MS),
    });
    this.camera.observe(() => this.#tell());
  }

  /**
   * The camera's status; also failed if its frames come but none of the wanted JPEG can be made.
   */
  get status(): CameraStatus {
    const wanted = this.streams.filter(({ isWanted, codec }) => isWanted && codec === "jpeg");
    const statuses = wanted.map(({ status }) => status);
    const [first] = statuses;
    const hasNone = statuses.every(({ state }) => state === "failed");
    return hasNone && first ? first : this.camera.status;
  }

  /** Calls a function when the status changes, until told to stop. It does not open the camera. */
  observe(onStatus: (status: CameraStatus) => void): () => void {
    this.#observers.add(onStatus);
    return () => void this.#observers.delete(onStatus);
  }

  /** The camera's own rendition. */
  get own(): Stream {
    return this.#streams.own;
  }

  /** The camera's own rendition, and the others that are watched. */
  get streams(): readonly Stream[] {
    return this.#streams.all;
  }

  /** The number of its viewers. */
  get size(): number {
    return this.streams.reduce((sum, { viewers }) => sum + viewers.length, 0);
  }

  /** Counts over all renditions, past ones included. */
  get counters(): Readonly<StreamCounters> {
    return this.#streams.counters;
  }

  /** The stream of a rendition, if there is one, watched or not. */
  get(shape: RenditionShape): Stream | undefined {
    return this.#streams.get(shape);
  }

  /** Sends JPEG of one rendition to a recipient. See {@linkcode Streams.join}. */
  join(recipient: Recipient, shape?: RenditionShape, options?: JoinOptions): Stream {
    return this.#streams.join(recipient, shape, options);
  }

  /**
   * Sends H.264 of one rendition to a recipient, if available. See {@linkcode Streams.joinVideo}.
   */
  joinVideo(
    recipient: Recipient,
    shape: RenditionShape,
    options?: JoinOptions,
  ): Stream | undefined {
    return this.#streams.joinVideo(recipient, shape, options);
  }

  /** Sends a recipient pictures that fit into a text. See {@linkcode Streams.joinFitting}. */
  joinFitting(recipient: Recipient, left: Stream | undefined): Stream {
    return this.#streams.joinFitting(recipient, left);
  }

  /** Closes the camera, and everything started for its viewers. */
  async close(): Promise<void> {
    this.#onClose();
    this.inlet?.close();
    await Promise.all([this.control?.close(), this.camera.close(), this.#streams.close()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The encoder of frames that come as pixels: the planned one, or the one that was asked for. */
  get #pixelEncoder(): PixelEncoder {
    const encoder = this.camera.plan?.encoder ?? this.control?.capture.encoder;
    return takesPixels(encoder) ? encoder : USUAL_PIXEL_ENCODER;
  }

  #tell(): void {
    const { status } = this;
    // Each rendition passes on the camera's messages.
    if (status === this.#told) return;
    this.#told = status;
    for (const observer of this.#observers) observer(status);
  }
}
