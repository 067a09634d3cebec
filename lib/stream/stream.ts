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

export interface StreamOptions extends RenditionShape {
  /** The camera's name for viewers. */
  name: string;
  /** Called when the status changes while pictures are wanted. */
  onStatus?: ((status: CameraStatus) => void) | undefined;
  /** Called when nobody wants its pictures any more. */
  onIdle?: ((stream: Stream) => void) | undefined;
  /** Called for each encoded frame, with the time it took. */
  onEncoded?: ((seconds: number) => void) | undefined;
  /** Called for each sent picture, with its age in seconds. */
  onPicture?: ((ageSeconds: number) => void) | undefined;
}

/**
 * One rendition of a camera while it is watched: encoded once for all its viewers, and not at all
 * while there are none. Nothing is queued before or behind the encoder: a viewer that can't take a
 * picture misses it, without affecting others.
 */
export class Stream implements RenditionShape {
  /** The requested JPEG quality, 0 to 100; `null` for the camera's. */
  readonly quality: number | null;
  /** The requested width, in pixels; `null` for the camera's. */
  readonly width: number | null;
  /** The codec of its pictures. */
  readonly codec: Codec;
  /** The requested rate, for H.264 only; `null` for the camera's. */
  readonly maxFps: number | null;
  readonly #camera: Camera;
  readonly #encoder: PacedEncoder;
  readonly #options: StreamOptions;
  readonly #recipients = new Set<Recipient>();
  #unsubscribe: (() => void) | undefined;
  /** The rate of the fastest recipient. */
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

  /** The camera's status; also failed if its frames come but can't be encoded. */
  get status(): CameraStatus {
    const { status } = this.#camera;
    return status.state === "live" ? this.#encoder.failure ?? status : status;
  }

  /** Whether anybody wants its pictures. */
  get isWanted(): boolean {
    return this.#recipients.size > 0;
  }

  /** The number of its recipients. */
  get size(): number {
    return this.#recipients.size;
  }

  /** The viewers. */
  get viewers(): Viewer[] {
    return [...this.#recipients].filter((each) => each instanceof Viewer);
  }

  /** The last picture, however old. */
  get last(): Picture | undefined {
    return this.#fanOut.last;
  }

  /** The maximum rate in pictures a second: what the fastest recipient wants. */
  get fps(): number {
    return this.#fps;
  }

  /** Counts over all recipients, past ones included. */
  get counters(): Readonly<StreamCounters> {
    return this.#counters;
  }

  /**
   * Sends pictures to a recipient, starting with what is there.
   *
   * @param options `isInformed`: it knows the camera's status already, since it watched another
   *   rendition
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

  /** Stops sending to a recipient. */
  remove(recipient: Recipient): void {
    if (!this.#recipients.delete(recipient)) return;
    this.adapt();
    if (!this.isWanted) this.#end();
  }

  /**
   * Limits encoding to the rate of the fastest recipient; to be called when one wants another rate.
   */
  adapt(): void {
    let fastest = 0;
    for (const { fps } of this.#recipients) fastest = Math.max(fastest, fps ?? Infinity);
    if (fastest === 0 || fastest === this.#fps) return;
    this.#fps = fastest;
    this.#rate = fastest === Infinity ? undefined : new Rate(fastest);
  }

  /** Ends the encoder; it starts again for the next recipient. */
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
    // The first viewer of a running camera doesn't wait for its next frame.
    const { newest } = this.#camera;
    if (newest === undefined || this.#isPassed) return;
    if (newest.sequence !== this.#fanOut.last?.sequence) return this.#encoder.take(newest.hold());
    // It was encoded for a recipient that has left since.
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

  /** Whether the camera's own pictures will do, if it delivers H.264. */
  get #takesVideo(): boolean {
    const isOwn = this.quality === null && this.width === null && this.maxFps === null;
    return this.codec === "h264" && isOwn;
  }

  get #isPassed(): boolean {
    return this.#takesVideo && this.#camera.isPassing;
  }

  #hand(encoded: EncodedPicture, seconds: number | undefined): void {
    if (seconds !== undefined) this.#options.onEncoded?.(seconds);
    // After the report of an outage, an older picture would look as if the camera were back.
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
    // A restarted stream begins with a key frame.
    const hasEnded = this.#camera.status.state === "failed";
    if (this.codec === "h264" && hasEnded) void this.#encoder.stop();
    for (const recipient of this.#recipients) recipient.fail(this.#options.name, status);
  }
}
