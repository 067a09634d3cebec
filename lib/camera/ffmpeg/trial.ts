import { SourceError } from "../../frame/source_error.ts";
import type { Fault } from "../../jpeg/whole_jpeg.ts";

/** A camera has this long to send a whole picture. */
const LIMIT_MS = 1000;
/** A single one may just be a damaged picture of another kind. */
const MAX_ARITHMETIC = 5;
/** Neither ffmpeg nor any browser can decode it. */
const ARITHMETIC =
  "sends JPEG with arithmetic coding, which neither ffmpeg nor browsers can decode: choose another format in the camera";

export interface TrialOptions {
  /** Aborted when the pictures are to end for another reason. */
  signal: AbortSignal;
  /** Whether pictures can be read in another way if none of these is whole. */
  mayEnd: boolean;
  /** For tests, in milliseconds. @default the system's */
  now?: () => number;
}

/**
 * The first second of a camera's own pictures: if none of them is whole, they are read in another
 * way.
 */
export class Trial {
  /** Aborted when the pictures are to end, for this or any other reason. */
  readonly signal: AbortSignal;
  readonly #options: TrialOptions;
  readonly #now: () => number;
  readonly #failed = new AbortController();
  #firstBrokenAt: number | undefined;
  #isOver = false;
  #arithmetic = 0;

  constructor(options: TrialOptions) {
    this.#options = options;
    this.#now = options.now ?? performance.now.bind(performance);
    this.signal = AbortSignal.any([options.signal, this.#failed.signal]);
  }

  /** Whether not a single picture was whole. */
  get hasFailed(): boolean {
    return this.#failed.signal.aborted;
  }

  /** A whole picture has come. */
  passes(): void {
    this.#isOver = true;
  }

  /**
   * A picture has come that isn't whole. A truncated one is truncated however it is read.
   *
   * @throws {SourceError} when the pictures can't be shown in any way
   */
  breaks(fault: Fault = "cut"): void {
    if (this.#isOver) return;
    if (fault === "arithmetic" && ++this.#arithmetic >= MAX_ARITHMETIC) {
      throw new SourceError("unsupported", ARITHMETIC);
    }
    if (fault !== "unknown" || !this.#options.mayEnd) return;
    this.#firstBrokenAt ??= this.#now();
    if (this.#now() - this.#firstBrokenAt >= LIMIT_MS) this.#failed.abort();
  }
}
