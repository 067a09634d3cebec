import type { FfmpegVersion } from "../ffmpeg_version.ts";
import type { EncoderName } from "../../frame/capture.ts";
import { takesPixels } from "../../jpeg/pixel_encoders.ts";

/** The offset of a size, as in `lateness.ts`. */
const MARK = 5e12;
const SIDE = 65_536;
/** In ffmpeg's log: an error, which is always printed. */
const LEVEL = 16;

/**
 * A filter that leaves pictures as they are, and prints their size when ffmpeg configures it: at
 * the beginning, and again at each change.
 */
export const TELLS_SIZE = `scale=w='0*print(${MARK}+iw*${SIDE}+ih,${LEVEL})+iw':h=ih`;

/**
 * Whether pictures of different sizes within a stream can keep them. ffmpeg's JPEG encoder has a
 * single size, to which others are scaled; before 4.4, so do all its encoders.
 */
export function hasOwnSizes(encoder: EncoderName, version: FfmpegVersion): boolean {
  return encoder === "copy" || takesPixels(encoder) && canLeaveSizes(version);
}

/** The output arguments that keep ffmpeg from scaling raw pictures to the first one's size. */
export function ownSizes(version: FfmpegVersion): string[] {
  return canLeaveSizes(version) ? ["-noautoscale"] : [];
}

function canLeaveSizes({ major, minor }: FfmpegVersion): boolean {
  return major > 4 || major === 4 && minor >= 4;
}

/** Detects a change of the pictures' size from the output of {@linkcode TELLS_SIZE}. */
export class SizeChange {
  /** Whether the pictures had another size before. */
  hasChanged = false;
  #first: number | undefined;
  readonly #onChange: () => void;

  /** Calls a function once, at the first change. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Evaluates a line of ffmpeg's that tells a size; returns whether it does. */
  take(line: string): boolean {
    if (!/^\d+\.0{6}$/.test(line) || Number(line) < MARK) return false;
    const size = Number(line);
    this.#first ??= size;
    if (size !== this.#first && !this.hasChanged) {
      this.hasChanged = true;
      this.#onChange();
    }
    return true;
  }
}
