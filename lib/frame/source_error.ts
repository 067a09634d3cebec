/** Why a source gives no frames, as programs tell it apart. docs/protocol.md explains each. */
export const FAILURE_CODES = [
  /** It was never there: no such device, name, file or address, or nobody publishes it. */
  "missing",
  /** It was there, and was unplugged. */
  "gone",
  /** Somebody else has it. */
  "busy",
  /** The way has no room for its pictures: a USB bus that is full, a broker that takes none so large. */
  "bandwidth",
  /** This user may not open it. */
  "permission",
  /** The other side says no: wrong user or password, or a setting that a camera doesn't take. */
  "refused",
  /** Its host doesn't answer, or there is none of that name. */
  "unreachable",
  /** It doesn't offer that size, rate or format. */
  "mode",
  /** It is there, and nothing is plugged into it. */
  "signal",
  /** It is no camera, or no video. */
  "unsupported",
  /** It is open, and no picture comes any more. */
  "frozen",
  /** The pictures that come are not whole. */
  "broken",
  /** It has come to its end. */
  "ended",
  /** ffmpeg, or another program that is needed, is missing or doesn't work. */
  "program",
  /** Its pictures come, and can't be encoded. */
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
  /** Tells it from other errors. */
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

/** Why there are no frames, from whatever was thrown. */
export function failureOf(error: unknown): Failure {
  if (error instanceof SourceError) return error.failure;
  const words = error instanceof Error ? error.message : String(error);
  return { code: "failed", reason: `failed: ${words}` };
}
