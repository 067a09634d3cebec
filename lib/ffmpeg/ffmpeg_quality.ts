/** The luminance table of ITU-T T.81, K.1, row by row: libjpeg's and imagescript's at quality 50. */
// deno-fmt-ignore
const LUMA = [
  16, 11, 10, 16,  24,  40,  51,  61,
  12, 12, 14, 19,  26,  58,  60,  55,
  14, 13, 16, 24,  40,  57,  69,  56,
  14, 17, 22, 29,  51,  87,  80,  62,
  18, 22, 37, 56,  68, 109, 103,  77,
  24, 35, 55, 64,  81, 104, 113,  92,
  49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103,  99,
];
/** The chrominance table from the same place. */
// deno-fmt-ignore
const CHROMA = [
  17, 18, 24, 47, 99, 99, 99, 99,
  18, 21, 26, 66, 99, 99, 99, 99,
  24, 26, 56, 99, 99, 99, 99, 99,
  47, 66, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99,
];
/** Steps this much finer make 4:2:2 as large as imagescript's 4:4:4, and as good: docs/quality.md. */
const FINER = 0.7;
/** The encoder multiplies its tables by `q:v / 8`. */
const TABLES_AS_GIVEN = "8";

/**
 * The output arguments that make ffmpeg's `mjpeg` encoder write pictures of about the size and fidelity
 * that imagescript's have at a quality.
 *
 * The encoder's own scale is of whole steps, too wide from 80 on, and made for another table. So it is
 * given quantisation tables: libjpeg's, as imagescript uses them, in finer steps. The factor was
 * measured on five scenes; docs/quality.md has the figures, `tests/bench/measure_quality.ts` makes them.
 *
 * `yuvj422p` is full range whatever comes in (seen with ffmpeg 4.1, 5.1 and 7.1). swscale may call it
 * deprecated when it starts; that warning means nothing here.
 *
 * @param quality From 0 to 100, a whole number; 0 is taken for 1, as imagescript does.
 * @returns Arguments to stand after `-c:v mjpeg`.
 * @throws {RangeError} when quality is out of range
 */
export function ffmpegQuality(quality: number): string[] {
  if (!Number.isInteger(quality) || quality < 0 || quality > 100) {
    throw new RangeError(`Cannot encode picture: quality must be 0 to 100, got ${quality}`);
  }
  const percent = FINER * libjpegPercent(Math.max(1, quality));
  return [
    "-pix_fmt",
    "yuvj422p",
    // Tables optimized for each picture would save 4 % of the bytes and cost 15 % more time.
    "-huffman",
    "default",
    "-q:v",
    TABLES_AS_GIVEN,
    "-intra_matrix",
    scaled(LUMA, percent),
    "-chroma_intra_matrix",
    scaled(CHROMA, percent),
  ];
}

/** libjpeg's `jpeg_quality_scaling()`. */
function libjpegPercent(quality: number): number {
  return quality < 50 ? 5000 / quality : 200 - 2 * quality;
}

/** Baseline JPEG allows steps from 1 to 255. */
function scaled(table: readonly number[], percent: number): string {
  const steps = table.map((step) => Math.round(step * percent / 100));
  return steps.map((step) => Math.min(255, Math.max(1, step))).join(",");
}
