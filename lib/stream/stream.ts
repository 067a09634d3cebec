import type { Camera } from "../camera/camera.ts";
import type { CameraStatus } from "../camera/camera_status.ts";
import type { Codec, EncodedPicture, Encoder, RenditionShape } from "../encoder/encoder.ts";
import { EncoderHealth } from "../encoder/encoder_health.ts";
import type { CodedPicture } from "../frame/coded_picture.ts";
import type { Frame } from "../frame/frame.ts";
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

/** More would not be faster, and older when they are done. */
const MAX_IN_FLIGHT = 2;

/**
 * One rendition of a camera while it is watched: encoded once for all who want it, and not at all while
 * nobody does. Nothing is queued, neither before the encoder nor behind it: at most two frames are encoded
 * at once, one waits and gives way to a newer one, and a viewer that can't take a picture misses it, and
 * nobody else does.
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
  readonly #encoder: Encoder;
  readonly #options: StreamOptions;
  readonly #recipients = new Set<Recipient>();
  readonly #health = new EncoderHealth();
  #unsubscribe: (() => void) | undefined;
  /** The rate of the fastest of them. */
  #fps = Infinity;
  #rate: Rate | undefined;
  #inFlight = 0;
  #waiting: Frame | undefined;
  #previous: Promise<void> = Promise.resolve();
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
    this.#encoder = encoder;
    this.#options = options;
    const handing = { camera: options.name, recipients: this.#recipients, tally: this.#counters };
    this.#fanOut = this.codec === "h264"
      ? new VideoFanOut({ ...handing, fps: () => this.maxFps ?? camera.fps })
      : new NewestFanOut(handing);
  }

  /** The camera's status; failed as well while its frames come, and can't be encoded. */
  get status(): CameraStatus {
    const { status } = this.#camera;
    return status.state === "live" ? this.#health.failure ?? status : status;
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
        if (this.#rate?.take(performance.now()) ?? true) this.#take(frame.hold());
      },
      onVideo: this.#takesVideo ? (picture) => this.#pass(picture) : undefined,
      onStatus: () => this.#tell(),
    });
    // The first viewer of a camera that runs doesn't wait for its next frame.
    const { newest } = this.#camera;
    if (newest === undefined || this.#isPassed) return;
    if (newest.sequence !== this.#fanOut.last?.sequence) return this.#take(newest.hold());
    // It was encoded for somebody who has left since.
    this.#fanOut.again();
  }

  #end(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#fanOut.rest();
    this.#waiting?.release();
    this.#waiting = undefined;
    this.#hasTold = false;
    this.#health.forget();
    this.#options.onIdle?.(this);
  }

  #take(frame: Frame): void {
    if (!this.#health.admits(frame.format)) {
      frame.release();
      this.#counters.skipped++;
    } else if (this.#inFlight < MAX_IN_FLIGHT) {
      this.#start(frame);
    } else {
      if (this.#waiting) this.#counters.skipped++;
      this.#waiting?.release();
      this.#waiting = frame;
    }
  }

  #start(frame: Frame): void {
    this.#inFlight++;
    this.#previous = this.#deliver(frame, this.#previous);
  }

  async #deliver(frame: Frame, previous: Promise<void>): Promise<void> {
    const { format } = frame;
    const outcome = await this.#encode(frame);
    // A picture that is done and waits for its turn is in flight too: nothing else bounds those.
    await previous;
    this.#inFlight--;
    if (this.#waiting && this.#inFlight < MAX_IN_FLIGHT) {
      this.#start(this.#waiting);
      this.#waiting = undefined;
    }
    if (!this.isWanted) return;
    this.#judge(outcome, format);
    // After word of an outage, a picture from before it would look like the camera's return.
    if ("codec" in outcome && this.status.state !== "failed") this.#hand(outcome);
  }

  /** Makes a picture; returns what went wrong where that fails. */
  async #encode(frame: Frame): Promise<EncodedPicture | { error: unknown }> {
    const start = performance.now();
    try {
      const picture = await this.#encoder.encode(frame);
      if (picture.data === frame.data) {
        this.#counters.copied++;
      } else {
        this.#counters.encoded++;
        if (picture.codec === "h264" && picture.isKey) this.#counters.keys++;
        this.#options.onEncoded?.((performance.now() - start) / 1000);
      }
      return picture;
    } catch (error) {
      this.#counters.failed++;
      return { error };
    } finally {
      frame.release();
    }
  }

  /** Tells when nothing can be encoded any more, and when something can again. */
  #judge(outcome: EncodedPicture | { error: unknown }, format: Frame["format"]): void {
    const before = this.#health.failure;
    if ("codec" in outcome) this.#health.succeed();
    else this.#health.fail(outcome.error, format);
    if (this.#health.failure !== before) this.#tell();
  }

  /** Whether the camera's own pictures will do, where they come in H.264. */
  get #takesVideo(): boolean {
    const isOwn = this.quality === null && this.width === null && this.maxFps === null;
    return this.codec === "h264" && isOwn;
  }

  get #isPassed(): boolean {
    return this.#takesVideo && this.#camera.isPassing;
  }

  #pass(picture: CodedPicture): void {
    this.#counters.copied++;
    if (picture.isKey) this.#counters.keys++;
    this.#health.succeed();
    this.#hand({ codec: "h264", ...picture });
  }

  #hand(encoded: EncodedPicture): void {
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
