// @ts-types="./imagescript_jpeg.d.ts"
import jpeglib, { type Decoder } from "imagescript/wasm/node/jpeg.js";
import type { CheckedJpeg } from "../../jpeg/check_jpeg.ts";

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

/** The sizes to which the decoder can decode, as parts of the whole. */
const EIGHTHS = [1, 2, 4];
/** The decoder's limit: 16 bits. */
const MAX_SIDE = 65_535;

let decoder: Decoder | undefined;

/**
 * Decodes a picture, on the event loop. A large one is decoded to an eighth, a quarter or half of its
 * size where that is enough, which is many times faster.
 *
 * @param wanted the size in pixels that is wanted at least
 * @throws {Error} when it can't be decoded
 */
export async function decodeJpeg(
  picture: CheckedJpeg,
  wanted: Omit<Pixels, "data">,
): Promise<Pixels> {
  decoder ??= await jpeglib.init();
  // A failure may leave it in a state that nobody knows.
  const used = decoder;
  decoder = undefined;
  try {
    const { width, height } = request(picture, wanted);
    const pixels = toPixels(used.decode(picture.jpeg, width, height));
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

/**
 * The size to ask for. The decoder is content when one side is long enough: the shorter one, by
 * which sizes can't always be told apart, is made never to be.
 */
function request(
  picture: CheckedJpeg,
  wanted: Omit<Pixels, "data">,
): Omit<Pixels, "data"> {
  const eighths = EIGHTHS.find((n) =>
    Math.ceil(picture.width * n / 8) >= wanted.width &&
    Math.ceil(picture.height * n / 8) >= wanted.height
  ) ?? 8;
  return picture.width > picture.height
    ? { width: Math.ceil(picture.width * eighths / 8), height: MAX_SIDE }
    : { width: MAX_SIDE, height: Math.ceil(picture.height * eighths / 8) };
}
