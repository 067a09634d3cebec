/**
 * A font of 5 by 7 dots, for the characters of ASCII.
 *
 * @module
 */

/** The package's export. */
declare const font: {
  /** Five bytes for each character, one for each column; the lowest bit is the top dot. */
  readonly fontData: readonly number[];
  /** The characters, in that order. */
  readonly lookup: readonly string[];
};
export default font;
