import { readCoding, type ScanComponent } from "./coding.ts";
import { RUN_BITS } from "./huffman_table.ts";

/** The end of the pixels; `cut` if some are missing or damaged, `unknown` for other codings. */
export type PixelsEnd = number | "cut" | "unknown";

/**
 * Finds the end of a picture's pixels by reading its codes, without decoding what they stand for.
 *
 * @param jpeg a picture from its SOI on, whatever follows it
 * @returns the position after the last byte, if the pixels are complete and coded as cameras do
 *   ({@linkcode readCoding})
 */
export function endOfPixels(jpeg: Uint8Array): PixelsEnd {
  const coding = readCoding(jpeg);
  if (coding === undefined) return "unknown";
  const { at, units, interval } = coding;
  const blocks = coding.components.flatMap((each) =>
    Array.from({ length: each.blocks }, () => each)
  );
  const data = new ScanData(jpeg, at);
  for (let left = units; left > 0; left -= interval) {
    data.read();
    const isLast = interval === 0 || left <= interval;
    const bits = skipUnits(data, blocks, isLast ? left : interval);
    if (bits < 0) return "cut";
    // A scan that was read from other data ends anywhere.
    if (isLast) return data.isFollowed(bits) && !data.isFilled(bits) ? "cut" : data.place(bits);
    if (data.isFollowed(bits) || !data.restart()) return "cut";
  }
  return "unknown";
}

/**
 * The number of bits that these units take, with a unit's blocks in their order; -1 if they are
 * incomplete.
 */
function skipUnits(
  { view, length }: ScanData,
  blocks: readonly ScanComponent[],
  units: number,
): number {
  const end = length * 8;
  let at = 0;
  for (let unit = 0; unit < units; unit++) {
    for (const block of blocks) {
      at = skipBlock(view, at, block);
      if (at < 0 || at > end) return -1;
    }
  }
  return at;
}

/** Advances by one block (T.81, F.2.2); -1 if there is none. */
function skipBlock(data: DataView, from: number, { dc, ac, runs }: ScanComponent): number {
  const first = dc.read(peek(data, from));
  const length = first & 0xff;
  if (first === 0 || length > 15) return -1;
  let at = from + (first >> 8) + length;
  for (let k = 1; k < 64;) {
    const bits = peek(data, at);
    const run = runs[bits >> NOT_IN_RUN] ?? 0;
    const reached = k + (run >> 5 & 127);
    if (run !== 0 && (reached < 64 || reached === 64 && run < RUN_ENDS)) {
      at += run & 31;
      if (run >= RUN_ENDS) return at;
      k = reached;
      continue;
    }
    const code = ac.read(bits);
    if (code === 0) return -1;
    at += (code >> 8) + (code & 15);
    if ((code & 15) === 0 && (code & 0xff) < 0xf0) return at;
    k += (code >> 4 & 15) + 1;
    if (k > 64) return -1;
  }
  return at;
}

/** The next sixteen bits. */
function peek(data: DataView, at: number): number {
  return data.getUint32(at >> 3) << (at & 7) >>> 16;
}

/** Of the bits in view, those not needed to look up a run of codes. */
const NOT_IN_RUN = 16 - RUN_BITS;
/** The smallest entry for a run of codes that ends the block. */
const RUN_ENDS = 1 << 12;
/**
 * A block that begins within the data ends at most this many bytes after it, like anything read
 * with it.
 */
const MAX_BLOCK = 64 * 4 + 4;

/** A scan's data up to the next marker, without the 0 that follows each 0xff (T.81, B.1.1.5). */
class ScanData {
  /** The data, with some bytes after them. */
  readonly view: DataView;
  /** In bytes. */
  length = 0;
  readonly #jpeg: Uint8Array;
  readonly #bytes: Uint8Array;
  #start: number;
  #end: number;

  constructor(jpeg: Uint8Array, at: number) {
    this.#jpeg = jpeg;
    this.#start = this.#end = at;
    this.#bytes = new Uint8Array(Math.max(0, jpeg.length - at) + MAX_BLOCK);
    this.view = new DataView(this.#bytes.buffer);
  }

  /** Reads up to the next marker, or to the end. */
  read(): void {
    const jpeg = this.#jpeg;
    this.#start = this.#end;
    this.length = 0;
    for (let from = this.#start;;) {
      const found = jpeg.indexOf(0xff, from);
      this.#end = found < 0 ? jpeg.length : found;
      const isData = jpeg[this.#end + 1] === 0;
      const part = jpeg.subarray(from, isData ? this.#end + 1 : this.#end);
      this.#bytes.set(part, this.length);
      this.length += part.length;
      if (!isData) return;
      from = this.#end + 2;
    }
  }

  /** Whether whole bytes follow this many bits. */
  isFollowed(bits: number): boolean {
    return Math.ceil(bits / 8) < this.length;
  }

  /**
   * Whether the rest of the byte after this many bits is filled with ones, as the standard requires
   * (T.81, F.1.2.3).
   */
  isFilled(bits: number): boolean {
    const ones = (1 << (-bits & 7)) - 1;
    return ((this.#bytes[bits >> 3] ?? 0) & ones) === ones;
  }

  /** The picture's position after this many bits. */
  place(bits: number): number {
    const bytes = Math.ceil(bits / 8);
    let place = this.#start + bytes;
    for (let at = this.#bytes.indexOf(0xff); at >= 0 && at < bytes;) {
      place++;
      at = this.#bytes.indexOf(0xff, at + 1);
    }
    return place;
  }

  /** Continues after a restart marker; `false` if there is none. */
  restart(): boolean {
    while (this.#jpeg[this.#end + 1] === 0xff) this.#end++;
    const marker = this.#jpeg[this.#end + 1] ?? 0;
    if (marker < 0xd0 || marker > 0xd7) return false;
    this.#end += 2;
    return true;
  }
}
