/**
 * A marker and its length have two bytes each, and the length counts itself (ITU-T T.81, B.1.1.4).
 */
const HEAD = 4;
const MAX_TEXT = 0xffff - 2;
const SOI = 2;

/**
 * A JPEG file with a COM segment after its SOI marker (ITU-T T.81, B.2.4.5), which every decoder
 * skips.
 *
 * @param jpeg a whole JPEG file
 * @param text at most 65,533 bytes of UTF-8
 * @throws {RangeError} when the text is longer
 */
export function withComment(jpeg: Uint8Array, text: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > MAX_TEXT) {
    throw new RangeError(
      `Cannot add comment: it must be at most ${MAX_TEXT} bytes, got ${bytes.length}`,
    );
  }
  const file = new Uint8Array(jpeg.length + HEAD + bytes.length);
  file.set(jpeg.subarray(0, SOI));
  file.set([0xff, 0xfe, bytes.length + 2 >> 8, bytes.length + 2 & 0xff], SOI);
  file.set(bytes, SOI + HEAD);
  file.set(jpeg.subarray(SOI), SOI + HEAD + bytes.length);
  return file;
}

/** The text of a COM segment after a JPEG file's SOI marker, if there is one. */
export function readComment(jpeg: Uint8Array): string | undefined {
  const [soi0, soi1, marker0, marker1, high = 0, low = 0] = jpeg;
  const isCommented = soi0 === 0xff && soi1 === 0xd8 && marker0 === 0xff && marker1 === 0xfe;
  if (!isCommented) return undefined;
  const end = SOI + 2 + (high << 8 | low);
  return new TextDecoder().decode(jpeg.subarray(SOI + HEAD, end));
}
