import { TmpdirError } from "../../system/private_tmpdir.ts";
import { EncoderError } from "../encoder_error.ts";
import type { Image } from "./imagescript.d.ts";
import { loadNative } from "./load_native.ts";

/** The largest side that a JPEG file can have (ITU-T T.81, B.2.2). */
const MAX_SIDE = 65_535;

/** A picture to encode: RGBA, 8 bits each, row by row. */
export interface Bitmap {
  /** `width * height * 4` bytes. Not copied: must not be modified until the JPEG is there. */
  data: Uint8Array;
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
}

let encode: Image["encodeJPEG"] | undefined;

/**
 * Loads imagescript ahead of the first call of {@linkcode encodeJpeg}.
 *
 * @throws {EncoderError} when its native part can't be loaded, with what to do
 */
export async function loadEncoder(): Promise<Image["encodeJPEG"]> {
  try {
    return await loadNative();
  } catch (cause) {
    throw new EncoderError(`Cannot load imagescript: ${explain(cause)}`, { cause });
  }
}

/** An executable has to extract the native part to a file before it can load it. */
function explain(error: unknown): string {
  const [message = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  const remedy = "set TMPDIR to a writable folder that allows programs to run";
  const isUnwritten = error instanceof TmpdirError ||
    /^unsupported arch\/platform: Failed to write native addon/.test(message);
  if (isUnwritten) {
    return `its native part can't be written to the folder for temporary files; ${remedy}`;
  }
  // glibc reports this for a file system mounted with 'noexec'.
  if (/: failed to map segment from shared object/.test(message)) {
    return `its native part can't be run from the folder for temporary files; ${remedy}`;
  }
  return message;
}

/**
 * Encodes a picture as JPEG, off the event loop.
 *
 * @param quality from 0 to 100; imagescript takes 0 for 1
 * @throws {RangeError} when size, pixels or quality are out of range; imagescript would end the
 *   process
 * @throws {EncoderError} when imagescript can't be loaded
 */
export async function encodeJpeg(
  { data, width, height }: Bitmap,
  quality: number,
): Promise<Uint8Array<ArrayBuffer>> {
  for (const side of [width, height]) {
    if (!Number.isInteger(side) || side < 1 || side > MAX_SIDE) {
      throw new RangeError(
        `Cannot encode picture: its sides must be 1 to ${MAX_SIDE}, got ${side}`,
      );
    }
  }
  if (data.length !== width * height * 4) {
    const rule = `it must be ${width * height * 4} bytes`;
    throw new RangeError(`Cannot encode picture: ${rule}, got ${data.length}`);
  }
  if (!Number.isInteger(quality) || quality < 0 || quality > 100) {
    throw new RangeError(`Cannot encode picture: quality must be 0 to 100, got ${quality}`);
  }
  encode ??= await loadEncoder();
  return await encode.call({ bitmap: data, width, height }, quality);
}
