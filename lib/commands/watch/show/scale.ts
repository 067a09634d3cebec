import type { Pixels } from "../../../encoder/imagescript/decode_jpeg.ts";

/** The pixels that one pixel of the new row or column is made of, and how much of each. */
interface Share {
  readonly from: number;
  readonly weights: readonly number[];
}

/** A picture in another size: each pixel is the mean of the area that it takes the place of. */
export function scale(
  { data, width, height }: Pixels,
  to: { width: number; height: number },
): Pixels {
  const narrow = new Float32Array(to.width * height * 3);
  const columns = shares(width, to.width);
  for (let y = 0; y < height; y++) {
    for (const [x, share] of columns.entries()) {
      mix(data, share, { start: y * width * 3, step: 3 }, narrow, (y * to.width + x) * 3);
    }
  }
  const small = new Uint8ClampedArray(to.width * to.height * 3);
  for (const [y, share] of shares(height, to.height).entries()) {
    for (let x = 0; x < to.width; x++) {
      const line = { start: x * 3, step: to.width * 3 };
      mix(narrow, share, line, small, (y * to.width + x) * 3);
    }
  }
  return { data: new Uint8Array(small.buffer), ...to };
}

/** Mixes pixels of a row or a column into one. */
function mix(
  source: Uint8Array | Float32Array,
  { from, weights }: Share,
  { start, step }: { start: number; step: number },
  target: Uint8ClampedArray | Float32Array,
  at: number,
): void {
  let [red, green, blue] = [0, 0, 0];
  for (let i = 0; i < weights.length; i++) {
    const pixel = start + (from + i) * step;
    const weight = weights[i] ?? 0;
    red += weight * (source[pixel] ?? 0);
    green += weight * (source[pixel + 1] ?? 0);
    blue += weight * (source[pixel + 2] ?? 0);
  }
  target[at] = red;
  target[at + 1] = green;
  target[at + 2] = blue;
}

function shares(length: number, wanted: number): Share[] {
  const step = length / wanted;
  return Array.from({ length: wanted }, (_, i) => {
    const [start, end] = [i * step, (i + 1) * step];
    const from = Math.floor(start);
    const count = Math.max(1, Math.min(length, Math.ceil(end)) - from);
    const weights = Array.from(
      { length: count },
      (_, k) => Math.max(0, Math.min(end, from + k + 1) - Math.max(start, from + k)) / step,
    );
    return { from, weights };
  });
}
