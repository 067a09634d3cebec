/** A decoded picture: RGBA, row by row. */
interface Bitmap {
  bitmap: Uint8Array;
  width: number;
  height: number;
}

/** The last four colour bars of the test picture, where neither the clock nor the marker is. */
const BARS: readonly (readonly [red: number, green: number, blue: number])[] = [
  [0x00, 0xbf, 0x00],
  [0xbf, 0x00, 0xbf],
  [0xbf, 0x00, 0x00],
  [0x00, 0x00, 0xbf],
];
const FIRST = 3;
const COUNT = 7;
/** JPEG changes colours a little. */
const TOLERANCE = 40;

/**
 * Decodes a JPEG file, and checks that it is the test picture.
 *
 * @param size The expected size, in pixels.
 * @throws {Error} If it is another picture, or none.
 */
export async function assertTestPicture(
  jpeg: Uint8Array,
  size: { width: number; height: number },
): Promise<void> {
  const { bitmap, width, height } = await decode(jpeg);
  if (width !== size.width || height !== size.height) {
    const wanted = `${size.width}x${size.height}`;
    throw new Error(`The picture must measure ${wanted}, got ${width}x${height}`);
  }
  const y = Math.floor(height / 16);
  const wrong = BARS.filter((colour, i) => {
    const x = Math.floor((FIRST + i + 0.5) * width / COUNT);
    const at = 4 * (y * width + x);
    return colour.some((value, c) => Math.abs(value - (bitmap[at + c] ?? 0)) > TOLERANCE);
  });
  // The bar that sweeps over the picture may hide one of them.
  if (wrong.length > 1) throw new Error("The picture must have the test picture's colours");
}

async function decode(jpeg: Uint8Array): Promise<Bitmap> {
  // Our declarations only describe what the program uses.
  const specifier: string = "imagescript";
  const { decode }: { decode(file: Uint8Array): Promise<Bitmap> } = await import(specifier);
  return await decode(jpeg);
}
