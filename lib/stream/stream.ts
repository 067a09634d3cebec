import type { Camera } from "../camera/camera.ts";
import type { CameraStatus } from "../camera/camera_status.ts";
import type { Codec, EncodedPicture, Encoder, RenditionShape } from "../encoder/encoder.ts";
import { PacedEncoder } from "../encoder/paced_encoder.ts";
import { Rate } from "../time/rate.ts";
import type { FanOut } from "./fan_out.ts";
import { NewestFanOut } from "./newest_fan_out.ts";
import type { Picture } from "./picture.ts";
import type { Recipient } from "./recipient.ts";
import { noCounts, type StreamCounters } from "./stream_counters.ts";
import { VideoFanOut } from "./video/video_fan_out.ts";
import { Viewer } from "./viewer/viewer.ts";

/** Options of {@linkcode Stream}. */
export interface StreamOptions extends RenditionShape {
  /** The camera's name for viewers. */
  name: string;
  /** Called when the status changes while pictures are wanted. */
  onStatus?: ((status: CameraStatus) => void) | undefined;
  /** Called when nobody wants its pictures any more. */
  onIdle?: ((stream: Stream) => void) | undefined;
  /** Called for each frame that was encoded, with how long that took. */
  onEncoded?: ((seconds: number) => void) | undefined;
  /** Called for each picture that goes out, with its age in seconds. */
  onPicture?: ((ageSeconds: number) => void) | undefined;
}

/**
 * One rendition of a camera while it is watched: encoded once for all who want it, and not at all while
 * nobody does. Nothing is queued, neither before the encoder nor behind it: a viewer that can't take a picture
 * misses it, and nobody else does.
 */
export class Stream implements RenditionShape {
  /** JPEG quality that was asked for, 0 to 100; `null` for the camera's. */
  readonly quality: number | null;
  /** Width that was asked for, in pixels; `null` for the camera's. */
  readonly width: number | null;
  /** The codec of its pictures. */
  readonly codec: Codec;
  /** The rate that was asked for, of H.264 only; `null` for the camera's. */
  readonly maxFps: number | null;
  readonly #camera: Camera;
  readonly #encoder: PacedEncoder;
  readonly #options: StreamOptions;
  readonly #recipients = new Set<Recipient>();
  #unsubscribe: (() => void) | undefined;
  /** The rate of the fastest of them. */
  #fps = Infinity;
  #rate: Rate | undefined;
  readonly #fanOut: FanOut;
  #hasTold = false;
  readonly #counters = noCounts();

  /** Encodes nothing until somebody wants it. */
  constructor(camera: Camera, encoder: Encoder, options: StreamOptions) {
    this.quality = options.quality;
    this.width = options.width;
    this.codec = options.codec ?? "jpeg";
    this.maxFps = options.maxFps ?? null;
    this.#camera = camera;
    this.#options = options;
    this.#encoder = new PacedEncoder(encoder, {
      counters: this.#counters,
      onPicture: (picture, seconds) => this.#hand(picture, seconds),
      onHealth: () => this.#tell(),
    });
    const handing = { camera: options.name, recipients: this.#recipients, tally: this.#counters };
    this.#fanOut = this.codec === "h264"
      ? new VideoFanOut({ ...handing, fps: () => this.maxFps ?? camera.fps })
      : new NewestFanOut(handing);
  }

  /** The camera's status; failed as well while its frames come, and can't be encoded. */
  get status(): CameraStatus {
    const { status } = this.#camera;
    return status.state === "live" ? this.#encoder.failure ?? status : status;
  }

  /** Whether anybody wants its pictures. */
  get isWanted(): boolean {
    return this.#recipients.size > 0;
  }

  /** The number of those that want its pictures. */
  get size(): number {
    return this.#recipients.size;
  }

  /** The viewers. */
  get viewers(): Viewer[] {
    return [...this.#recipients].filter((each) => each instanceof Viewer);
  }

  /** The last picture that there was, however long ago. */
  get last(): Picture | undefined {
    return this.#fanOut.last;
  }

  /** Pictures a second at most: what the fastest recipient wants. */
  get fps(): number {
    return this.#fps;
  }

  /** Counts over all who ever wanted its pictures. */
  get counters(): Readonly<StreamCounters> {
    return this.#counters;
  }

  /**
   * Sends pictures to somebody, at once what there is.
   *
   * @param options `isInformed`: it knows already how the camera is, for it watched another rendition
   */
  add(recipient: Recipient, { isInformed = false } = {}): void {
    const { status } = this;
    if (status.state === "failed") {
      if (!isInformed) recipient.fail(this.#options.name, status);
      this.#hasTold = true;
      this.#camera.retryNow();
    }
    this.#fanOut.greet(recipient);
    this.#recipients.add(recipient);
    this.adapt();
    if (this.#unsubscribe === undefined) this.#begin();
  }

  /** Sends nothing more to somebody. */
  remove(recipient: Recipient): void {
    if (!this.#recipients.delete(recipient)) return;
    this.adapt();
    if (!this.isWanted) this.#end();
  }

  /** Encodes at no more than the rate that the fastest recipient wants; to be called when one wants another. */
  adapt(): void {
    let fastest = 0;
    for (const { fps } of this.#recipients) fastest = Math.max(fastest, fps ?? Infinity);
    if (fastest === 0 || fastest === this.#fps) return;
    this.#fps = fastest;
    this.#rate = fastest === Infinity ? undefined : new Rate(fastest);
  }

  /** Ends the encoder; it begins again for the next who wants pictures. */
  stop(): Promise<void> {
    return this.#encoder.stop();
  }

  #begin(): void {
    this.#unsubscribe = this.#camera.subscribe({
      onFrame: (frame) => {
        if (this.#isPassed) return;
        if (this.#rate?.take(performance.now()) ?? true) this.#encoder.take(frame.hold());
      },
      onVideo: this.#takesVideo ? (picture) => this.#encoder.pass(picture) : undefined,
      onStatus: () => this.#tell(),
    });
    // The first viewer of a camera that runs doesn't wait for its next frame.
    const { newest } = this.#camera;
    if (newest === undefined || this.#isPassed) return;
    if (newest.sequence !== this.#fanOut.last?.sequence) return this.#encoder.take(newest.hold());
    // It was encoded for somebody who has left since.
    this.#fanOut.again();
  }

  #end(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#fanOut.rest();
    this.#encoder.rest();
    this.#hasTold = false;
    this.#options.onIdle?.(this);
  }

  /** Whether the camera's own pictures will do, where they come in H.264. */
  get #takesVideo(): boolean {
    const isOwn = this.quality === null && this.width === null && this.maxFps === null;
    return this.codec === "h264" && isOwn;
  }

  get #isPassed(): boolean {
    return this.#takesVideo && this.#camera.isPassing;
  }

  #hand(encoded: EncodedPicture, seconds: number | undefined): void {
    if (seconds !== undefined) this.#options.onEncoded?.(seconds);
    // After word of an outage, a picture from before it would look like the camera's return.
    if (this.status.state === "failed") return;
    this.#fanOut.hand(encoded);
    this.#options.onPicture?.(Date.now() / 1000 - encoded.timestamp);
  }

  #tell(): void {
    const { status } = this;
    this.#options.onStatus?.(status);
    const isNew = status.state === "failed" && !this.#hasTold;
    this.#hasTold = status.state === "failed";
    if (status.state !== "failed" || !isNew) return;
    this.#fanOut.clear();
    // A stream that begins anew begins with a key frame.
    const hasEnded = this.#camera.status.state === "failed";
    if (this.codec === "h264" && hasEnded) void this.#encoder.stop();
    for (const recipient of this.#recipients) recipient.fail(this.#options.name, status);
  }
}
