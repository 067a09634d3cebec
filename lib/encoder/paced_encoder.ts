import type { CameraFailure } from "../camera/camera_status.ts";
import type { CodedPicture } from "../frame/coded_picture.ts";
import type { Frame } from "../frame/frame.ts";
import type { EncodedPicture, Encoder } from "./encoder.ts";
import { EncoderHealth } from "./encoder_health.ts";

/** Counts of what happened to frames. */
export interface EncodingCounters {
  /** Frames encoded. */
  encoded: number;
  /** Encoded H.264 frames at which decoding can begin. */
  keys: number;
  /** Frames passed on as they were. */
  copied: number;
  /** Frames that a newer one replaced before they were encoded. */
  skipped: number;
  /** Frames that the encoder rejected. */
  failed: number;
}

export interface PacedEncoderOptions {
  /** Receives the counts. */
  counters: EncodingCounters;
  /**
   * Called with each picture, in the order of the frames, and with the time it took if a frame was
   * encoded for it.
   */
  onPicture: (picture: EncodedPicture, seconds?: number) => void;
  /** Called when encoding stops working altogether, and when it works again. */
  onHealth: () => void;
}

/** The result of encoding one frame. */
type EncodingResult = { picture: EncodedPicture; seconds?: number } | { error: unknown };

/** Encoding more at once would not be faster, and pictures would be older. */
const MAX_IN_FLIGHT = 2;

/**
 * Encodes frames as fast as possible without queueing any: at most two are encoded at once, and one
 * waits, which a newer one replaces. Pictures come out in the order of their frames.
 */
export class PacedEncoder {
  readonly #encoder: Encoder;
  readonly #options: PacedEncoderOptions;
  readonly #health = new EncoderHealth();
  #inFlight = 0;
  #waiting: Frame | undefined;
  #previous: Promise<void> = Promise.resolve();
  #isResting = false;

  constructor(encoder: Encoder, options: PacedEncoderOptions) {
    this.#encoder = encoder;
    this.#options = options;
  }

  /** Why nothing can be encoded, if that is the case. */
  get failure(): CameraFailure | undefined {
    return this.#health.failure;
  }

  /** Encodes a frame and then releases it, or keeps it until there is room or a newer one comes. */
  take(frame: Frame): void {
    const { counters } = this.#options;
    this.#isResting = false;
    if (!this.#health.admits(frame.format)) {
      frame.release();
      counters.skipped++;
    } else if (this.#inFlight < MAX_IN_FLIGHT) {
      this.#start(frame);
    } else {
      if (this.#waiting) counters.skipped++;
      this.#waiting?.release();
      this.#waiting = frame;
    }
  }

  /** Passes on a picture that needs no encoding. */
  pass(picture: CodedPicture): void {
    const { counters, onPicture } = this.#options;
    counters.copied++;
    if (picture.isKey) counters.keys++;
    this.#health.succeed();
    onPicture({ codec: "h264", ...picture });
  }

  /** Drops everything up to the next frame, and forgets past failures: nobody wants pictures. */
  rest(): void {
    this.#isResting = true;
    this.#dropWaiting();
    this.#health.forget();
  }

  /** Ends the encoder, and drops a frame that waits; it starts again with the next frame. */
  stop(): Promise<void> {
    this.#dropWaiting();
    return this.#encoder.stop();
  }

  #dropWaiting(): void {
    this.#waiting?.release();
    this.#waiting = undefined;
  }

  #start(frame: Frame): void {
    this.#inFlight++;
    this.#previous = this.#deliver(frame, this.#previous);
  }

  async #deliver(frame: Frame, previous: Promise<void>): Promise<void> {
    const { format } = frame;
    const outcome = await this.#encode(frame);
    // A finished picture that waits for its predecessor counts as in flight too: nothing else
    // limits those.
    await previous;
    this.#inFlight--;
    if (this.#waiting && this.#inFlight < MAX_IN_FLIGHT) {
      this.#start(this.#waiting);
      this.#waiting = undefined;
    }
    if (this.#isResting) return;
    this.#judge(outcome, format);
    if ("picture" in outcome) this.#options.onPicture(outcome.picture, outcome.seconds);
  }

  /** Encodes a picture; on failure, returns what went wrong. */
  async #encode(frame: Frame): Promise<EncodingResult> {
    const { counters } = this.#options;
    const start = performance.now();
    try {
      const picture = await this.#encoder.encode(frame);
      if (picture.data === frame.data) {
        counters.copied++;
        return { picture };
      }
      counters.encoded++;
      if (picture.codec === "h264" && picture.isKey) counters.keys++;
      return { picture, seconds: (performance.now() - start) / 1000 };
    } catch (error) {
      counters.failed++;
      return { error };
    } finally {
      frame.release();
    }
  }

  /** Reports when encoding stops working altogether, and when it works again. */
  #judge(outcome: EncodingResult, format: Frame["format"]): void {
    const before = this.failure;
    if ("picture" in outcome) this.#health.succeed();
    else this.#health.fail(outcome.error, format);
    if (this.failure !== before) this.#options.onHealth();
  }
}
