import type { CameraFailure } from "../camera/camera_status.ts";
import type { Frame } from "../frame/frame.ts";
import { EncoderError } from "../jpeg/encoder_error.ts";

/** While nothing can be encoded, one frame is tried this often. */
const RETRY_MS = 5000;
/** A single picture may be broken; if all of them are for this long, it is the encoder. */
const BROKEN_MS = 1000;

/** Distinguishes a broken encoder from broken pictures. */
export class EncoderHealth {
  readonly #now: () => number;
  #failure: CameraFailure | undefined;
  /** The frame format that is known not to work; another one may. */
  #format: Frame["format"] | undefined;
  #failingSince: number | undefined;

  /**
   * @param now a clock, in milliseconds since 1970
   */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Why nothing can be encoded, if that is the case. */
  get failure(): CameraFailure | undefined {
    return this.#failure;
  }

  /** Whether a frame of this format is worth trying. */
  admits(format: Frame["format"]): boolean {
    if (this.#failure === undefined || format !== this.#format) return true;
    // The system's clock may have been set back.
    const wait = this.#failure.retryAt - this.#now();
    return wait <= 0 || wait > RETRY_MS;
  }

  /** A frame was encoded. */
  succeed(): void {
    this.forget();
  }

  /** A frame of this format could not be encoded. */
  fail(error: unknown, format: Frame["format"]): void {
    const now = this.#now();
    this.#failingSince ??= now;
    const isSure = this.#failure !== undefined || error instanceof EncoderError;
    if (!isSure && now - this.#failingSince < BROKEN_MS) return;
    const message = error instanceof Error ? error.message : String(error);
    // It becomes part of a sentence.
    const reason = `can't be shown: ${message.replace(/^Cannot /, "cannot ")}`;
    this.#failure = { state: "failed", code: "encoder", reason, retryAt: now + RETRY_MS };
    this.#format = format;
  }

  /** Forgets everything: nobody wants pictures. */
  forget(): void {
    this.#failure = this.#format = this.#failingSince = undefined;
  }
}
