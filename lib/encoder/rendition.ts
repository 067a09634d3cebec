import type { CameraStatus } from "../camera/audience.ts";
import type { Camera } from "../camera/camera.ts";
import type { Frame, FrameInfo } from "../frame/frame.ts";
import { Rate } from "../time/rate.ts";
import { jpegSize } from "../jpeg/jpeg_size.ts";
import { EncoderHealth } from "./encoder_health.ts";

/** One encoded picture. */
export interface EncodedFrame extends FrameInfo {
  /** A whole JPEG file. */
  readonly jpeg: Uint8Array<ArrayBuffer>;
  /** Counts a camera's frames, from 1; not every frame is encoded. */
  readonly sequence: number;
}

/** Somebody who wants a rendition's pictures. */
export interface RenditionSubscriber {
  /** Pictures a second that it wants at most; more may come, for others. @default {Infinity} */
  readonly fps?: number;
  /** Called for each picture, in the order of capture. */
  onPicture(picture: EncodedFrame): void;
  /** Called when the status changes: the camera's, or failed while nothing can be encoded. */
  onStatus(status: CameraStatus): void;
}

/** Turns a frame into a JPEG file; returns a frame's own data where that is one already, and wanted as it is. */
export type Encode = (
  frame: Frame,
) => Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>;

/** Options of {@linkcode Rendition}. */
export interface RenditionOptions {
  /** Called for each frame that was encoded, with how long that took. */
  onEncoded?: ((seconds: number) => void) | undefined;
}

/** What became of a frame. */
interface Outcome {
  jpeg?: Uint8Array<ArrayBuffer>;
  error?: unknown;
}

/** More would not be faster, and older when they are done. */
const MAX_IN_FLIGHT = 2;

/**
 * One camera at one quality and width, encoded once for all who want it, and not at all while nobody
 * does, nor when the camera's own JPEG will do. At most two frames are encoded at once; one waits at most,
 * and gives way to a newer one.
 */
export class Rendition {
  readonly #camera: Camera;
  readonly #encode: Encode;
  readonly #onEncoded: ((seconds: number) => void) | undefined;
  readonly #subscribers = new Set<RenditionSubscriber>();
  readonly #observers = new Set<(status: CameraStatus) => void>();
  readonly #health = new EncoderHealth();
  #unsubscribe: (() => void) | undefined;
  #rate: Rate | undefined;
  #fps = Infinity;
  #inFlight = 0;
  #waiting: Frame | undefined;
  #previous: Promise<void> = Promise.resolve();
  #counters = { encoded: 0, copied: 0, dropped: 0, failed: 0 };

  /** Encodes nothing until somebody subscribes. */
  constructor(camera: Camera, encode: Encode, { onEncoded }: RenditionOptions = {}) {
    this.#camera = camera;
    this.#encode = encode;
    this.#onEncoded = onEncoded;
  }

  /** The camera's status; failed as well while its frames come, and can't be encoded. */
  get status(): CameraStatus {
    const { status } = this.#camera;
    return status.state === "live" ? this.#health.failure ?? status : status;
  }

  /** Whether somebody wants its pictures. */
  get isWanted(): boolean {
    return this.#subscribers.size > 0;
  }

  /**
   * Frames encoded, passed on as the JPEG that they were, dropped for a newer one, and refused by the
   * encoder.
   */
  get counters(): Readonly<{ encoded: number; copied: number; dropped: number; failed: number }> {
    return this.#counters;
  }

  /** Pictures a second at most: what the fastest subscriber wants. */
  get fps(): number {
    return this.#fps;
  }

  /** A subscriber wants another rate than before. */
  adapt(): void {
    const fps = Math.max(...[...this.#subscribers].map(({ fps = Infinity }) => fps));
    if (fps === this.#fps || this.#subscribers.size === 0) return;
    this.#fps = fps;
    this.#rate = fps === Infinity ? undefined : new Rate(fps);
  }

  /** If the camera has failed, tries again at once. */
  retryNow(): void {
    this.#camera.retryNow();
  }

  /** Delivers pictures from now on, until the function that it returns is called. */
  subscribe(subscriber: RenditionSubscriber): () => void {
    this.#subscribers.add(subscriber);
    this.adapt();
    this.#unsubscribe ??= this.#camera.subscribe({
      onFrame: (frame) => {
        if (this.#rate?.take(performance.now()) ?? true) this.#take(frame.hold());
      },
      onStatus: () => this.#tell(),
    });
    const { newest } = this.#camera;
    // Whoever comes first to a camera that runs doesn't wait for its next frame.
    if (newest && this.#subscribers.size === 1) this.#take(newest.hold());
    return () => {
      this.#subscribers.delete(subscriber);
      this.adapt();
      if (this.#subscribers.size > 0) return;
      this.#unsubscribe?.();
      this.#unsubscribe = undefined;
      this.#waiting?.release();
      this.#waiting = undefined;
      this.#health.forget();
    };
  }

  /** Calls a function when the status changes while pictures are wanted, until it is told to stop. */
  observe(onStatus: (status: CameraStatus) => void): () => void {
    this.#observers.add(onStatus);
    return () => void this.#observers.delete(onStatus);
  }

  #tell(): void {
    const { status } = this;
    for (const observer of this.#observers) observer(status);
    for (const subscriber of this.#subscribers) subscriber.onStatus(status);
  }

  #take(frame: Frame): void {
    if (!this.#health.admits(frame.format)) {
      frame.release();
      this.#counters.dropped++;
      return;
    }
    if (this.#inFlight < MAX_IN_FLIGHT) {
      this.#start(frame);
      return;
    }
    if (this.#waiting) {
      this.#waiting.release();
      this.#counters.dropped++;
    }
    this.#waiting = frame;
  }

  #start(frame: Frame): void {
    this.#inFlight++;
    this.#previous = this.#deliver(frame, this.#previous);
  }

  async #deliver(frame: Frame, previous: Promise<void>): Promise<void> {
    const outcome = await this.#encoded(frame);
    // A picture that is done and waits for its turn is in flight too: nothing else bounds those.
    await previous;
    this.#inFlight--;
    if (this.#waiting && this.#inFlight < MAX_IN_FLIGHT) {
      this.#start(this.#waiting);
      this.#waiting = undefined;
    }
    if (this.isWanted) this.#judge(outcome, frame);
    // After word of an outage, a picture from before it would look like the camera's return.
    if (outcome.jpeg && this.status.state !== "failed") this.#hand(outcome.jpeg, frame);
  }

  /** Tells when nothing can be encoded any more, and when something can again. */
  #judge({ jpeg, error }: Outcome, { format }: Frame): void {
    const before = this.#health.failure;
    if (jpeg) this.#health.succeed();
    else this.#health.fail(error, format);
    if (this.#health.failure !== before) this.#tell();
  }

  #hand(jpeg: Uint8Array<ArrayBuffer>, frame: Frame): void {
    const { timestamp, sequence } = frame;
    // It may be smaller than the frame.
    const { width, height } = jpeg === frame.data ? frame : jpegSize(jpeg) ?? frame;
    const picture: EncodedFrame = { jpeg, width, height, timestamp, sequence };
    for (const subscriber of this.#subscribers) subscriber.onPicture(picture);
  }

  async #encoded(frame: Frame): Promise<Outcome> {
    const start = performance.now();
    try {
      const jpeg = await this.#encode(frame);
      if (jpeg === frame.data) {
        this.#counters.copied++;
        return { jpeg };
      }
      this.#counters.encoded++;
      this.#onEncoded?.((performance.now() - start) / 1000);
      return { jpeg };
    } catch (error) {
      this.#counters.failed++;
      return { error };
    } finally {
      frame.release();
    }
  }
}
