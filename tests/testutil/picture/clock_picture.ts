import { decodeJpeg } from "../../jpeg/jpegs.ts";

/** In pixels. */
const SIDE = 16;

/** When a picture was taken that shows 64 squares, in seconds since 1970: see `rtsp_server.py`. */
export async function takenAt(jpeg: Uint8Array<ArrayBuffer>): Promise<number> {
  const { data, width } = await decodeJpeg(jpeg);
  let micros = 0n;
  for (let bit = 0; bit < 64; bit++) {
    const y = Math.floor(bit / 8) * SIDE + SIDE / 2;
    const x = bit % 8 * SIDE + SIDE / 2;
    micros = micros << 1n | ((data[(y * width + x) * 4] ?? 0) > 127 ? 1n : 0n);
  }
  return Number(micros) / 1e6;
}

/** The picture that {@linkcode takenAt} reads, in RGBA. */
export function clockPicture(
  width: number,
  height: number,
  seconds = Date.now() / 1000,
): { data: Uint8Array<ArrayBuffer>; width: number; height: number } {
  const data = new Uint8Array(width * height * 4).fill(0x60);
  const micros = BigInt(Math.round(seconds * 1e6));
  for (let y = 0; y < 8 * SIDE; y++) {
    for (let x = 0; x < 8 * SIDE; x++) {
      const bit = BigInt(63 - Math.floor(y / SIDE) * 8 - Math.floor(x / SIDE));
      data.fill(micros >> bit & 1n ? 235 : 16, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  return { data, width, height };
}
