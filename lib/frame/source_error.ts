/** Why a source gives no frames, as a code for programs. docs/protocol.md explains each. */
export const FAILURE_CODES = [
  /** It was never there: no such device, name, file or address, or nobody publishes it. */
  "missing",
  /** It was there, and was unplugged. */
  "gone",
  /** Somebody else has it. */
  "busy",
  /**
   * The connection is too small for its pictures: a USB bus that is full, a broker with a limit.
   */
  "bandwidth",
  /** This user may not open it. */
  "permission",
  /** The other side refuses: wrong user or password, or a setting that a camera doesn't accept. */
  "refused",
  /** Its host doesn't answer, or there is no host of that name. */
  "unreachable",
  /** It doesn't offer that size, rate or format. */
  "mode",
  /** It is there, but nothing is plugged into it. */
  "signal",
  /** It is not a camera, or not a video. */
  "unsupported",
  /** It is open, but no more pictures come. */
  "frozen",
  /** The pictures that come are not whole. */
  "broken",
  /** It has reached its end. */
  "ended",
  /** ffmpeg, or another required program, is missing or doesn't work. */
  "program",
  /** Its pictures come, but can't be encoded. */
  "encoder",
  /** Anything else. */
  "failed",
] as const;

/** One of {@linkcode FAILURE_CODES}. */
export type FailureCode = typeof FAILURE_CODES[number];

/** Why there are no frames: for programs, and for people. */
export interface Failure {
  /** For programs. */
  readonly code: FailureCode;
  /** For people, in words that follow the camera's name: "was unplugged". */
  readonly reason: string;
}

/** Why a source gives no frames; `message` follows the camera's name: "was unplugged". */
export class SourceError extends Error implements Failure {
  /** Discriminates it from other errors. */
  override readonly name = "SourceError";
  /** The same for programs. */
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** Same as `message`. */
  get reason(): string {
    return this.message;
  }

  /** The same without a stack. */
  get failure(): Failure {
    return { code: this.code, reason: this.message };
  }
}

/** The reason why there are no frames, from anything that was thrown. */
export function failureOf(error: unknown): Failure {
  if (error instanceof SourceError) return error.failure;
  const words = error instanceof Error ? error.message : String(error);
  return { code: "failed", reason: `failed: ${words}` };
}
