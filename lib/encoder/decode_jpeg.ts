// @ts-types="./imagescript_jpeg.d.ts"
import jpeglib, { type Decoder } from "imagescript/wasm/node/jpeg.js";
import type { CheckedJpeg } from "./check_jpeg.ts";

/** Pixels of three bytes each: red, green and blue, row by row. */
export interface Pixels {
  /** `width * height * 3` bytes. */
  data: Uint8Array;
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
}

/** The bytes of a pixel, by imagescript's number of the format. */
const BYTES_OF_FORMAT = [1, 3];

let decoder: Decoder | undefined;

/**
 * Decodes a picture, on the event loop. A large one is decoded to an eighth, a quarter or half of its
 * size where that is enough, which is many times faster.
 *
 * @param wanted the size in pixels that is wanted at least
 * @throws {Error} when it can't be decoded
 */
export async function decodeJpeg(
  { jpeg }: CheckedJpeg,
  wanted: { width: number; height: number },
): Promise<Pixels> {
  decoder ??= await jpeglib.init();
  // What fails may leave it in a state that nobody knows.
  const used = decoder;
  decoder = undefined;
  try {
    const [width, height] = [wanted.width, wanted.height].map(asSide) as [number, number];
    const decoded = used.decode(jpeg, width, height);
    const pixels = toPixels(decoded);
    decoder = used;
    return pixels;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot decode picture: ${reason}`, { cause });
  }
}

function toPixels({ width, height, format, buffer }: ReturnType<Decoder["decode"]>): Pixels {
  if (buffer.length !== width * height * (BYTES_OF_FORMAT[format] ?? 0)) {
    throw new RangeError("its colours must be grey or RGB, 8 bits each");
  }
  if (format === 1) return { data: buffer, width, height };
  const data = new Uint8Array(buffer.length * 3);
  buffer.forEach((grey, i) => data.fill(grey, i * 3, i * 3 + 3));
  return { data, width, height };
}

/** What the decoder takes: 16 bits. */
function asSide(wanted: number): number {
  return Math.min(65_535, Math.max(1, Math.ceil(wanted)));
}
