import { assert } from "@std/assert";
import { segmentsOf } from "../../jpeg/jpegs.ts";

/** A JPEG file that says it has another size: its pixels are those of the old one. */
export function sizedJpeg(
  jpeg: Uint8Array<ArrayBuffer>,
  width: number,
  height: number,
): Uint8Array<ArrayBuffer> {
  const sized = jpeg.slice();
  const frame = segmentsOf(jpeg).find(({ marker }) => marker === 0xc0 || marker === 0xc2);
  assert(frame);
  // Marker, length and precision stand before it (ITU-T T.81, B.2.2).
  new DataView(sized.buffer).setUint16(frame.at + 5, height);
  new DataView(sized.buffer).setUint16(frame.at + 7, width);
  return sized;
}
