import { encodeBase64 } from "@std/encoding/base64";
import type { Place } from "./fit.ts";

/**
 * Draws a JPEG file by the protocol of https://iterm2.com/documentation-images.html. The terminal
 * decodes it, and fits it into the place.
 */
export function drawIterm(jpeg: Uint8Array, { columns, rows, left, top }: Place): string {
  const fields = [
    `size=${jpeg.length}`,
    `width=${columns}`,
    `height=${rows}`,
    "preserveAspectRatio=1",
    "doNotMoveCursor=1",
    "inline=1",
  ];
  const base64 = encodeBase64(jpeg);
  return `\x1b[${top + 1};${left + 1}H\x1b]1337;File=${fields.join(";")}:${base64}\x07`;
}
