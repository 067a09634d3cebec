/**
 * The parts of imagescript that are used. Its own declarations are not valid TypeScript for `deno
 * doc`, and know nothing of encoding pixels that are not in an `Image`.
 *
 * @module
 */

/** A picture: RGBA, 8 bits each, row by row. */
export class Image {
  /** `width * height * 4` bytes. */
  bitmap: Uint8Array;
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
  /** A JPEG file; quality from 0 to 100. Works on any object with these three fields. */
  encodeJPEG(
    this: Pick<Image, "bitmap" | "width" | "height">,
    quality?: number,
  ): Promise<Uint8Array<ArrayBuffer>>;
}
