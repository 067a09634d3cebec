/** Reads bits of an H.264 parameter set, which must be free of emulation prevention bytes. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  /** Begins at the first bit of the first byte. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The number of bits read so far. */
  get position(): number {
    return this.#at;
  }

  /**
   * One bit.
   *
   * @throws {RangeError} past the end
   */
  bit(): number {
    const byte = this.#bytes[this.#at >> 3];
    if (byte === undefined) throw new RangeError("Cannot read parameter set: it is too short");
    return (byte >> (7 - (this.#at++ & 7))) & 1;
  }

  /** An unsigned number of this many bits, at most 32. */
  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 2 + this.bit();
    return value;
  }

  /**
   * An Exp-Golomb number (ITU-T H.264, 9.1).
   *
   * @throws {RangeError} when it is larger than a parameter set may have
   */
  unsigned(): number {
    let zeros = 0;
    while (this.bit() === 0) {
      if (++zeros > 31) throw new RangeError("Cannot read parameter set: a number is too large");
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** A signed Exp-Golomb number (ITU-T H.264, 9.1.1). */
  signed(): number {
    const code = this.unsigned();
    return code % 2 === 0 ? -code / 2 : (code + 1) / 2;
  }
}

/** Writes bits of an H.264 parameter set. */
export class BitWriter {
  readonly #bits: number[] = [];

  /** An unsigned number of this many bits. */
  bits(value: number, count: number): void {
    for (let i = count - 1; i >= 0; i--) this.#bits.push(Math.floor(value / 2 ** i) % 2);
  }

  /** An Exp-Golomb number (ITU-T H.264, 9.1). */
  unsigned(value: number): void {
    const length = Math.floor(Math.log2(value + 1));
    this.bits(0, length);
    this.bits(value + 1, length + 1);
  }

  /**
   * The bytes, with the stop bit and zeros up to the end of the last byte (ITU-T H.264, 7.3.2.11).
   */
  finish(): Uint8Array<ArrayBuffer> {
    const bits = [...this.#bits, 1];
    const bytes = new Uint8Array(Math.ceil(bits.length / 8));
    bits.forEach((bit, i) => bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (bit << (7 - (i & 7))));
    return bytes;
  }
}

/** A NAL unit's payload without its emulation prevention bytes (ITU-T H.264, 7.3.1). */
export function withoutEmulationPrevention(nal: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(nal.length);
  let length = 0;
  for (const [i, byte] of nal.entries()) {
    if (byte === 3 && i >= 2 && nal[i - 1] === 0 && nal[i - 2] === 0) continue;
    bytes[length++] = byte;
  }
  return bytes.subarray(0, length);
}

/** A NAL unit's payload with emulation prevention bytes. */
export function withEmulationPrevention(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let zeros = 0;
  for (const byte of payload) {
    if (zeros >= 2 && byte <= 3) {
      bytes.push(3);
      zeros = 0;
    }
    bytes.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return Uint8Array.from(bytes);
}
