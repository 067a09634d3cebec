import type { CameraFailure } from "../camera/camera_status.ts";
import type { CodedPicture } from "../frame/coded_picture.ts";
import type { Frame } from "../frame/frame.ts";
import type { EncodedPicture, Encoder } from "./encoder.ts";
import { EncoderHealth } from "./encoder_health.ts";

/** Counts what becomes of frames. */
export interface EncodingCounters {
  /** Frames encoded. */
  encoded: number;
  /** Those of them that decoding can begin with, in H.264. */
  keys: number;
  /** Frames passed on as they were. */
  copied: number;
  /** Frames that gave way to a newer one before they were encoded. */
  skipped: number;
  /** Frames that the encoder refused. */
  failed: number;
}

/** Options of {@linkcode PacedEncoder}. */
export interface PacedEncoderOptions {
  /** Counts what becomes of frames. */
  counters: EncodingCounters;
  /** Takes each picture, in the order of their frames, and how long it took where a frame was encoded for it. */
  onPicture: (picture: EncodedPicture, seconds?: number) => void;
  /** Called when nothing can be encoded any more, and when something can again. */
  onHealth: () => void;
}

/** The result of encoding one frame. */
type EncodingResult = { picture: EncodedPicture; seconds?: number } | { error: unknown };

/** More would not be faster, and older when they are done. */
const MAX_IN_FLIGHT = 2;

/**
 * Has frames encoded as fast as that goes, and queues none: at most two are encoded at once, one waits and
 * gives way to a newer one. Pictures come out in the order of their frames.
 */
export class PacedEncoder {
  readonly #encoder: Encoder;
  readonly #options: PacedEncoderOptions;
  readonly #health = new EncoderHealth();
  #inFlight = 0;
  #waiting: Frame | undefined;
  #previous: Promise<void> = Promise.resolve();
  #isResting = false;

  /** Encodes nothing yet. */
  constructor(encoder: Encoder, options: PacedEncoderOptions) {
    this.#encoder = encoder;
    this.#options = options;
  }

  /** Why nothing can be encoded, if that is so. */
  get failure(): CameraFailure | undefined {
    return this.#health.failure;
  }

  /** Has a frame encoded, and releases it after that; or keeps it until there is room, or a newer one. */
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

  /** Hands on a picture that needs no encoding. */
  pass(picture: CodedPicture): void {
    const { counters, onPicture } = this.#options;
    counters.copied++;
    if (picture.isKey) counters.keys++;
    this.#health.succeed();
    onPicture({ codec: "h264", ...picture });
  }

  /** Hands on nothing until there is another frame, and forgets how it went: nobody wants pictures. */
  rest(): void {
    this.#isResting = true;
    this.#waiting?.release();
    this.#waiting = undefined;
    this.#health.forget();
  }

  /** Ends the encoder; it begins again with the next frame. */
  stop(): Promise<void> {
    return this.#encoder.stop();
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
    if (this.#isResting) return;
    this.#judge(outcome, format);
    if ("picture" in outcome) this.#options.onPicture(outcome.picture, outcome.seconds);
  }

  /** Makes a picture; returns what went wrong where that fails. */
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

  /** Tells when nothing can be encoded any more, and when something can again. */
  #judge(outcome: EncodingResult, format: Frame["format"]): void {
    const before = this.failure;
    if ("picture" in outcome) this.#health.succeed();
    else this.#health.fail(outcome.error, format);
    if (this.failure !== before) this.#options.onHealth();
  }
}
