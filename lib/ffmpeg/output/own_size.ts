import type { FfmpegVersion } from "../ffmpeg_version.ts";
import type { EncoderName } from "../mode/plan.ts";

/** A size is moved by this, as in `lateness.ts`. */
const MARK = 5e12;
const SIDE = 65_536;
/** In ffmpeg's log: an error, which is always shown. */
const LEVEL = 16;

/**
 * A filter that leaves pictures as they are, and prints their size when ffmpeg sets it up: at the beginning, and anew
 * at each change.
 */
export const TELLS_SIZE = `scale=w='0*print(${MARK}+iw*${SIDE}+ih,${LEVEL})+iw':h=ih`;

/**
 * Whether pictures that change their size within a stream keep their own. ffmpeg's JPEG encoder has one size for all,
 * to which it has the others scaled, and so have all its encoders before 4.4.
 */
export function hasOwnSizes(encoder: EncoderName, version: FfmpegVersion): boolean {
  return encoder === "copy" || encoder === "imagescript" && canLeaveSizes(version);
}

/** The output arguments that keep ffmpeg from scaling raw pictures to the first one's size. */
export function ownSizes(version: FfmpegVersion): string[] {
  return canLeaveSizes(version) ? ["-noautoscale"] : [];
}

function canLeaveSizes({ major, minor }: FfmpegVersion): boolean {
  return major > 4 || major === 4 && minor >= 4;
}

/** Notices that the pictures of a stream change their size, from what {@linkcode TELLS_SIZE} prints. */
export class SizeChange {
  /** Whether the pictures had another size before. */
  hasChanged = false;
  #first: number | undefined;
  readonly #onChange: () => void;

  /** Calls a function once, at the first change. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Takes a line of ffmpeg's into account, if it tells a size; returns whether it does. */
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
