import { jpegSize } from "./jpeg_size.ts";
import { countScans } from "./scans.ts";

/** More than any camera delivers, in pixels. */
export const MAX_SIDE = 16_384;
/** Two pictures of 8K: the most memory that any client should be able to make a decoder use. */
export const MAX_PIXELS = 7680 * 4320 * 2;
/**
 * A progressive picture has about ten scans, each of which is work for all its pixels, however few
 * bytes it takes.
 */
const MAX_SCANNED_PIXELS = 10 * MAX_PIXELS;

/**
 * The size of a JPEG picture in pixels, from its header; `undefined` if it has none, no pixels, too
 * many pixels, or too many scans. A picture of a megabyte can claim 4,000 million pixels: it is
 * refused before anything decodes it.
 */
export function shownSize(jpeg: Uint8Array): { width: number; height: number } | undefined {
  const size = jpegSize(jpeg);
  return size && isShown(size) && !isLaborious(jpeg, size) ? size : undefined;
}

/** Whether a picture has so many scans that decoding it would block everything. */
export function isLaborious(
  jpeg: Uint8Array,
  { width, height }: { width: number; height: number },
): boolean {
  return countScans(jpeg) * width * height > MAX_SCANNED_PIXELS;
}

/** Whether pictures of a size are shown. */
export function isShown({ width, height }: { width: number; height: number }): boolean {
  const isSide = (side: number): boolean => Number.isInteger(side) && side > 0 && side <= MAX_SIDE;
  return isSide(width) && isSide(height) && width * height <= MAX_PIXELS;
}
