import { countScans } from "./scans.ts";
import { wholeJpeg } from "./whole_jpeg.ts";
import { jpegSize } from "./jpeg_size.ts";

/** A JPEG file that is safe to decode. */
export interface CheckedJpeg {
  /** A whole file, from SOI to EOI. */
  readonly jpeg: Uint8Array<ArrayBuffer>;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
}

/** No camera's JPEG is larger; a terminal must be sent all of it. */
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_PIXELS = 50_000_000;
/** Each scan of a progressive picture is work for all its pixels, however few bytes it takes. */
const MAX_SCANNED_PIXELS = 100_000_000;

/**
 * Checks that a JPEG file from outside is whole, and not so large that decoding it would block
 * everything.
 *
 * @throws {RangeError} when it is not
 */
export function checkJpeg(bytes: Uint8Array<ArrayBuffer>): CheckedJpeg {
  if (bytes.length > MAX_BYTES) {
    throw new RangeError(
      `Cannot decode picture: it must be at most ${MAX_BYTES} bytes, got ${bytes.length}`,
    );
  }
  const jpeg = wholeJpeg(bytes);
  const size = jpeg && jpegSize(jpeg);
  if (jpeg === undefined || size === undefined || size.width * size.height === 0) {
    throw new RangeError("Cannot decode picture: it must be a whole JPEG file with a size");
  }
  const pixels = size.width * size.height;
  const scanned = pixels * countScans(jpeg);
  if (pixels > MAX_PIXELS || scanned > MAX_SCANNED_PIXELS) {
    const rule = `it must be at most ${MAX_PIXELS / 1e6} million pixels`;
    const got = `${size.width}x${size.height} in ${scanned / pixels} scans`;
    throw new RangeError(`Cannot decode picture: ${rule}, got ${got}`);
  }
  return { jpeg, ...size };
}
