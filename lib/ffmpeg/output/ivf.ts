/** The names of formats in IVF: ffmpeg's names for raw pixels, and JPEG. */
const CODES: Readonly<Record<IvfHeader["format"], string>> = { rgba: "RGBA", jpeg: "MJPG" };
const HEADER_BYTES = 32;
const FRAME_BYTES = 12;

/** The facts in the header of an IVF stream. */
export interface IvfHeader {
  /** The format of its pictures. */
  format: "rgba" | "jpeg";
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
}

/**
 * The header of an IVF stream, the simplest format in which ffmpeg reads pictures with their length
 * and time. Unlike in any format for JPEG alone, it does not wait for the next picture.
 */
export function ivfHeader({ format, width, height }: IvfHeader): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  const text = new TextEncoder();
  text.encodeInto("DKIF", bytes);
  view.setUint16(6, HEADER_BYTES, true);
  text.encodeInto(CODES[format], bytes.subarray(8));
  view.setUint16(12, width, true);
  view.setUint16(14, height, true);
  // Times are counted in units of 1/1000 s.
  view.setUint32(16, 1000, true);
  view.setUint32(20, 1, true);
  return bytes;
}

/** The header of each picture: its length in bytes, and its time in milliseconds. */
export function ivfFrameHead(length: number, ms: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(FRAME_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length, true);
  view.setBigUint64(4, BigInt(ms), true);
  return bytes;
}
