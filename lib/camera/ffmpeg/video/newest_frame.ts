import type { CodedPicture } from "../../../frame/coded_picture.ts";
import type { Frame } from "../../../frame/frame.ts";

/**
 * After a stall, pictures arrive in a burst: a frame this far behind the newest of them is dropped,
 * in seconds.
 */
const LATE_S = 0.5;
/** A machine that can't decode in time still shows a frame this often, in milliseconds. */
const LATE_EVERY_MS = 1000;

/** A slot for one frame: a newer one replaces it, fetched or not. */
export class NewestFrame {
  readonly #now: () => number;
  #frame: Frame | undefined;
  #wake: () => void = () => {};
  #isOver = false;
  #error: unknown;
  /** The capture time of the newest picture, decoded or not. */
  #cameTo = -Infinity;
  #putAt = -Infinity;

  /**
   * @param now a monotonic clock in milliseconds
   */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** A picture that may be decoded has come. */
  hear({ timestamp }: Pick<CodedPicture, "timestamp">): void {
    this.#cameTo = timestamp;
  }

  /** Takes a frame, or drops it where much newer pictures are on their way through the decoder. */
  put(frame: Frame): void {
    const now = this.#now();
    const isLate = this.#cameTo - frame.timestamp > LATE_S && now - this.#putAt < LATE_EVERY_MS;
    if (this.#isOver || isLate) return frame.release();
    this.#putAt = now;
    this.#frame?.release();
    this.#frame = frame;
    this.#wake();
  }

  /** Ends it: no frame follows. */
  end(error?: unknown): void {
    this.#error ??= error;
    this.#isOver = true;
    this.#frame?.release();
    this.#frame = undefined;
    this.#wake();
  }

  /**
   * The next frame, as soon as there is one; nothing at the end.
   *
   * @throws {unknown} the reason for the end
   */
  async take(): Promise<Frame | undefined> {
    while (this.#frame === undefined && !this.#isOver) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    if (this.#error !== undefined) throw this.#error;
    const frame = this.#frame;
    this.#frame = undefined;
    return frame;
  }
}
