/**
 * x264's rate factor (ultrafast) that matches JPEG of a quality by SSIM: measured, see
 * docs/h264.md.
 */
const RATE_FACTORS: readonly (readonly [quality: number, crf: number])[] = [
  [0, 47],
  [10, 37],
  [20, 31],
  [30, 29],
  [40, 28.4],
  [50, 27.7],
  [60, 26.9],
  [70, 25.6],
  [80, 21.8],
  [85, 19.6],
  [90, 17.9],
  [95, 14.9],
  [100, 9.3],
];

/** The constant rate factor that matches JPEG of a quality. */
export function crfOf(quality: number): number {
  const after = Math.max(1, RATE_FACTORS.findIndex(([each]) => each >= quality));
  const [[from, low], [to, high]] = [
    RATE_FACTORS[after - 1] ?? [0, 47],
    RATE_FACTORS[after] ?? [100, 9],
  ];
  return Math.round(10 * (low + (high - low) * (quality - from) / (to - from))) / 10;
}

/** The same for encoders that take a bit rate: six steps of the factor are twice the bits. */
export function bitsPerPixel(quality: number): number {
  return 0.1 * 2 ** ((24 - crfOf(quality)) / 6);
}
