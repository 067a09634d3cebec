/**
 * The parts of imagescript's JPEG decoder, `imagescript/wasm/node/jpeg.js`, that are used. Its
 * public `decode` knows nothing of decoding to a smaller size, and takes several times as long for
 * a whole one.
 *
 * @module
 */

/** A decoder in a memory of its own. */
export interface Decoder {
  /**
   * Decodes to the smallest of the eighth, the quarter, the half and the whole of which one side is at
   * least as long as wanted.
   */
  decode(jpeg: Uint8Array, width: number, height: number): {
    width: number;
    height: number;
    /** 0: grey; 1: RGB; 2: CMYK; 8 bits each. */
    format: number;
    buffer: Uint8Array<ArrayBuffer>;
  };
}

/** Gives decoders. */
declare const jpeglib: {
  /** Reads the decoder's code the first time. */
  init(): Promise<Decoder>;
};
export default jpeglib;
