import type { Size } from "../../protocol/kind.ts";
import type { Mode } from "./modes.ts";
import { nearestSize, sizeDistance } from "./sizes.ts";

/** The mode to request from a camera. */
export interface ChosenMode extends Size {
  /** As ffmpeg calls it. */
  format: string;
  /** Frames a second, if the modes are known. */
  fps: number | undefined;
}

/** The criteria for choosing a mode. */
export interface ModeWish {
  /** In pixels. */
  size: Size;
  /** Frames a second. */
  fps: number;
  /** Whether JPEG is preferred to raw pictures, which fill the USB bus. */
  prefersJpeg: boolean;
}

/** Below this rate a camera lengthens its exposure or refuses; wscam drops the excess frames. */
export const LEAST_FPS = 5;
/** 29.97 will do for 30. */
export const ENOUGH = 0.98;
/** Formats that have to be decoded, the fastest first. */
const CODED = ["mjpeg", "h264", "mpeg4", "cpia"];
/** Formats without colour, with raw sensor data, or with distances instead of pictures. */
const LAST = ["bayer", "gray", "gray16le"];

/**
 * Chooses format, size and rate together: first the nearest size in any format; then the formats
 * that are fast enough at that size; then the format that takes the least work.
 *
 * @returns `undefined` if ffmpeg can read none
 */
export function chooseMode(modes: readonly Mode[], wish: ModeWish): ChosenMode | undefined {
  const readable = modes.filter(({ isUnreadable = false }) => !isUnreadable).map((mode) => ({
    mode,
    size: nearestSize(mode, wish.size),
  }));
  const away = ({ size }: { size: Size }): number => sizeDistance(size, wish.size);
  const least = Math.min(...readable.map(away));
  const sized = readable.filter((each) => away(each) === least);
  const rates = sized.map(({ mode }) => fastest(mode));
  const enough = Math.min(wish.fps, Math.max(...rates)) * ENOUGH;
  const [best] = sized.filter(({ mode }) => fastest(mode) >= enough)
    .sort((a, b) => work(a.mode, wish) - work(b.mode, wish));
  if (best === undefined) return undefined;
  return { ...best.size, format: best.mode.format, fps: rateOf(best.mode, wish.fps) };
}

/** The maximum rate, in frames a second; infinite if unknown. */
function fastest({ fps }: Mode): number {
  return fps.length > 0 ? Math.max(...fps) : Infinity;
}

/** The work that a format takes, as a rank. */
function work({ format }: Mode, { prefersJpeg }: ModeWish): number {
  const isJpeg = format === "mjpeg";
  if (isJpeg && prefersJpeg) return 0;
  const last = LAST.findIndex((each) => format === each || format.startsWith(`${each}_`));
  if (last >= 0) return 10 + last;
  const coded = CODED.indexOf(format);
  return coded < 0 ? 1 : 2 + coded;
}

/** The lowest acceptable rate. */
function rateOf({ fps, isAnyRate = false }: Mode, wanted: number): number | undefined {
  const asked = Math.max(LEAST_FPS, wanted);
  if (fps.length === 0) return undefined;
  const [least, most] = [Math.min(...fps), Math.max(...fps)];
  if (isAnyRate) return Math.min(most, Math.max(least, asked));
  return Math.min(most, ...fps.filter((rate) => rate >= asked * ENOUGH));
}
