import type { Bitmap } from "../../jpeg/imagescript/encode_jpeg.ts";

/** For each new pixel along a side: where its old pixels begin, and the weight of each. */
interface Spans {
  starts: Int32Array;
  counts: Int32Array;
  weights: Float32Array;
  /** The index of a new pixel's first weight. */
  offsets: Int32Array;
}

const CHANNELS = 4;

/**
 * Scales a picture down, keeping its shape: each new pixel is the mean of the area that it covers.
 *
 * @param width in pixels, less than the picture's
 */
export function scaleDown({ data, width: from, height: rows }: Bitmap, width: number): Bitmap & {
  data: Uint8Array<ArrayBuffer>;
} {
  const height = scaledHeight({ width: from, height: rows }, width);
  const [across, down] = [spansOf(from, width), spansOf(rows, height)];
  const scaled = new Uint8Array(width * height * CHANNELS);
  const sums = new Float32Array(width * CHANNELS);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    const first = down.starts[y] ?? 0;
    const count = down.counts[y] ?? 0;
    const weights = down.offsets[y] ?? 0;
    for (let i = 0; i < count; i++) {
      const at = (first + i) * from * CHANNELS;
      addRow(sums, data.subarray(at, at + from * CHANNELS), {
        spans: across,
        weight: down.weights[weights + i] ?? 0,
      });
    }
    writeRow(scaled, y * width * CHANNELS, sums);
  }
  return { data: scaled, width, height };
}

/** The height of a picture scaled to this width, in pixels. */
export function scaledHeight(
  { width, height }: { width: number; height: number },
  newWidth: number,
): number {
  return Math.max(1, Math.round(height * newWidth / width));
}

/** Adds an old row, scaled to the new width, to the sums of a new row. */
function addRow(
  sums: Float32Array,
  row: Uint8Array,
  { spans, weight }: { spans: Spans; weight: number },
): void {
  const { starts, counts, weights, offsets } = spans;
  // The innermost loop: plain indexes, which the construction of the spans keeps in range.
  for (let x = 0; x < starts.length; x++) {
    const count = counts[x] as number;
    let from = (starts[x] as number) * CHANNELS;
    let at = offsets[x] as number;
    let red = 0, green = 0, blue = 0;
    for (let i = 0; i < count; i++) {
      const share = weights[at++] as number;
      red += share * (row[from] as number);
      green += share * (row[from + 1] as number);
      blue += share * (row[from + 2] as number);
      from += CHANNELS;
    }
    const to = x * CHANNELS;
    sums[to] = (sums[to] as number) + weight * red;
    sums[to + 1] = (sums[to + 1] as number) + weight * green;
    sums[to + 2] = (sums[to + 2] as number) + weight * blue;
  }
}

function writeRow(picture: Uint8Array, at: number, sums: Float32Array): void {
  for (let i = 0; i < sums.length; i += CHANNELS) {
    picture[at + i] = (sums[i] as number) + 0.5;
    picture[at + i + 1] = (sums[i + 1] as number) + 0.5;
    picture[at + i + 2] = (sums[i + 2] as number) + 0.5;
    picture[at + i + 3] = 255;
  }
}

function spansOf(from: number, to: number): Spans {
  const starts = new Int32Array(to);
  const counts = new Int32Array(to);
  const offsets = new Int32Array(to);
  const weights: number[] = [];
  for (let i = 0; i < to; i++) {
    const [begin, end] = [i * from / to, (i + 1) * from / to];
    const first = Math.floor(begin);
    const last = Math.min(from, Math.ceil(end - 1e-9));
    starts[i] = first;
    counts[i] = last - first;
    offsets[i] = weights.length;
    for (let at = first; at < last; at++) {
      weights.push((Math.min(end, at + 1) - Math.max(begin, at)) * to / from);
    }
  }
  return { starts, counts, offsets, weights: new Float32Array(weights) };
}
