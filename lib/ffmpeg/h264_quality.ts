/** x264's rate factor (ultrafast) that equals JPEG of a quality by SSIM: measured, see docs/h264.md. */
const RATE_FACTORS: readonly (readonly [quality: number, crf: number])[] = [
  [0, 46],
  [50, 29],
  [80, 24],
  [100, 10],
];

/** The constant rate factor that gives pictures as good as JPEG of a quality. */
export function crfOf(quality: number): number {
  const after = Math.max(1, RATE_FACTORS.findIndex(([each]) => each >= quality));
  const [[from, low], [to, high]] = [
    RATE_FACTORS[after - 1] ?? [0, 46],
    RATE_FACTORS[after] ?? [100, 10],
  ];
  return Math.round(10 * (low + (high - low) * (quality - from) / (to - from))) / 10;
}

/** The same for encoders that go by a bit rate: six steps of the factor are twice the bits. */
export function bitsPerPixel(quality: number): number {
  return 0.1 * 2 ** ((24 - crfOf(quality)) / 6);
}
