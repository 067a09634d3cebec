import { type Check, messageOf } from "../check.ts";

const SIDE = 16;
const JPEG_START = [0xff, 0xd8];
const REMEDY = "run 'deno install', on a system for which it has a native part";

/**
 * Encodes a tiny picture. The encoder is loaded here, since its native part may be missing for this
 * system.
 */
export async function checkImagescript(): Promise<Check> {
  const name = "imagescript";
  try {
    const { encodeJpeg } = await import("../../../jpeg/imagescript/encode_jpeg.ts");
    const data = new Uint8Array(SIDE * SIDE * 4).fill(128);
    const jpeg = await encodeJpeg({ data, width: SIDE, height: SIDE }, 80);
    if (!JPEG_START.every((byte, i) => jpeg[i] === byte)) throw new TypeError("it made no JPEG");
    return { name, status: "ok", message: "imagescript encodes JPEG" };
  } catch (error) {
    const [reason, remedy = REMEDY] = messageOf(error).split(/; (?=set TMPDIR )/);
    const message = `imagescript doesn't work here: ${reason}`;
    return { name, status: "fail", message, remedy };
  }
}
