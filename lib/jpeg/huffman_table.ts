/** Codes of up to this many bits are looked up at once; longer ones are rare. */
const QUICK_BITS = 9;
const LONGEST = 16;
/**
 * Several codes are looked up at once in this many bits. A larger table would not stay in a
 * processor's first-level cache.
 */
export const RUN_BITS = 12;

/** Codes of one to sixteen bits, for the symbols of a picture (ITU-T T.81, annex C). */
export class HuffmanTable {
  /** By the next nine bits: length and symbol of a code that is no longer than that. */
  readonly #quick = new Uint16Array(1 << QUICK_BITS);
  /** For each code length: the last code, and the offset from a code to its symbol. */
  readonly #last = new Int32Array(LONGEST + 1).fill(-1);
  readonly #offset = new Int32Array(LONGEST + 1);
  readonly #symbols: Uint8Array;
  #runs: Uint16Array | undefined;

  /**
   * Builds a table from a DHT segment.
   *
   * @param counts the number of codes of each length from 1 to 16
   * @param symbols in the order of their codes
   */
  constructor(counts: Uint8Array, symbols: Uint8Array) {
    this.#symbols = symbols;
    for (let length = 1, code = 0, index = 0; length <= LONGEST; length++, code <<= 1) {
      const count = counts[length - 1] ?? 0;
      this.#offset[length] = index - code;
      for (let i = 0; i < count && length <= QUICK_BITS; i++) {
        const from = (code + i) << (QUICK_BITS - length);
        const to = from + (1 << (QUICK_BITS - length));
        this.#quick.fill(length << 8 | (symbols[index + i] ?? 0), from, to);
      }
      code += count;
      index += count;
      if (count > 0) this.#last[length] = code - 1;
    }
  }

  /**
   * Decodes the first code in these bits.
   *
   * @param bits sixteen
   * @returns its length times 256, plus its symbol; 0 if there is no such code
   */
  read(bits: number): number {
    const quick = this.#quick[bits >> (LONGEST - QUICK_BITS)] ?? 0;
    if (quick !== 0) return quick;
    for (let length = QUICK_BITS + 1; length <= LONGEST; length++) {
      const code = bits >> (LONGEST - length);
      if (code <= (this.#last[length] ?? -1)) {
        return length << 8 | (this.#symbols[(this.#offset[length] ?? 0) + code] ?? 0);
      }
    }
    return 0;
  }

  /**
   * The result of the coefficient codes within the next {@linkcode RUN_BITS} bits: in the lowest
   * five bits, how many bits they take with their values; in the next seven, how many coefficients
   * they stand for; above these, whether the block ends with them. 0 if already the first one is
   * longer.
   */
  get runs(): Uint16Array {
    return this.#runs ??= Uint16Array.from(
      { length: 1 << RUN_BITS },
      (_, bits) => this.#runOf(bits),
    );
  }

  #runOf(bits: number): number {
    let taken = 0;
    let coefficients = 0;
    while (taken < RUN_BITS) {
      const code = this.read(bits << (LONGEST - RUN_BITS + taken) & 0xffff);
      const length = code >> 8;
      if (code === 0 || taken + length > RUN_BITS) break;
      const size = code & 15;
      const run = code >> 4 & 15;
      taken += length + size;
      if (size === 0 && run < 15) return 1 << 12 | coefficients << 5 | taken;
      coefficients += run + 1;
    }
    return coefficients << 5 | taken;
  }
}
