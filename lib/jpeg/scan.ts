import { type Coding, readCoding } from "./coding.ts";

/** The end of the pixels; `cut` when some are missing or damaged, `unknown` when they are written in another way. */
export type PixelsEnd = number | "cut" | "unknown";

/**
 * Finds the end of a picture's pixels: its codes are read, without working out what they stand for. That
 * takes some ms for a picture of 1280x720, and so is for the doubtful ones only.
 *
 * @param jpeg a picture from its SOI on, whatever follows it
 * @returns behind the last byte, if they are all there and written as cameras do ({@linkcode readCoding})
 */
export function endOfPixels(jpeg: Uint8Array): PixelsEnd {
  const coding = readCoding(jpeg);
  if (coding === undefined) return "unknown";
  const { components, units, interval } = coding;
  const reader = new BitReader(jpeg, coding.at);
  for (let unit = 0; unit < units; unit++) {
    if (interval > 0 && unit > 0 && unit % interval === 0 && !reader.restart()) return "cut";
    for (const component of components) {
      for (let block = 0; block < component.blocks; block++) {
        if (!skipBlock(reader, component)) return "cut";
      }
    }
  }
  if (reader.isPastEnd) return "cut";
  const { end } = reader;
  // What was read out of something else ends anywhere.
  const isFollowed = end < jpeg.length && !(jpeg[end] === 0xff && jpeg[end + 1] !== 0);
  return isFollowed && !reader.isFilled ? "cut" : end;
}

/** Whether the codes of one block are there (T.81, F.2.2). */
function skipBlock(reader: BitReader, { dc, ac }: Coding["components"][number]): boolean {
  const first = dc.read(reader.peek());
  reader.skip((first >> 8) + (first & 0xff));
  if (first === 0 || (first & 0xff) > 15) return false;
  for (let k = 1; k < 64; k++) {
    const code = ac.read(reader.peek());
    const run = code >> 4 & 15;
    const size = code & 15;
    reader.skip((code >> 8) + size);
    if (code === 0 || reader.isPastEnd) return false;
    if (size === 0 && run < 15) return true;
    k += run;
    if (k > 63) return false;
  }
  return true;
}

/** Reads a scan's bits, in which a 0 stands behind each 0xff that is data (T.81, B.1.1.5). */
class BitReader {
  readonly #bytes: Uint8Array;
  #at: number;
  #bits = 0;
  #count = 0;
  /** Bits that were invented behind the end. */
  #invented = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Whether more was taken than there is. */
  get isPastEnd(): boolean {
    return this.#invented > this.#count;
  }

  /** Whether the rest of the last byte is filled with ones, as it has to be (T.81, F.1.2.3). */
  get isFilled(): boolean {
    const left = (this.#count - this.#invented) & 7;
    const ones = (1 << left) - 1;
    return (this.#bits >> this.#count - left & ones) === ones;
  }

  /** Behind the last byte of which a bit was taken. */
  get end(): number {
    let end = this.#at;
    for (let unread = (this.#count - this.#invented) >> 3; unread > 0; unread--) {
      end -= this.#bytes[end - 1] === 0 && this.#bytes[end - 2] === 0xff ? 2 : 1;
    }
    return end;
  }

  /** The next sixteen bits. */
  peek(): number {
    while (this.#count < 16) this.#fill();
    return this.#bits >> (this.#count - 16) & 0xffff;
  }

  /** Goes on, by no more than the 31 bits of a code and its value. */
  skip(count: number): void {
    let left = count;
    while (left > this.#count) {
      left -= this.#count;
      this.#count = 0;
      this.#fill();
    }
    this.#count -= left;
  }

  /** Goes on behind a restart marker; `false` when none is there. */
  restart(): boolean {
    if (this.isPastEnd || this.#count - this.#invented > 7) return false;
    while (this.#bytes[this.#at] === 0xff && this.#bytes[this.#at + 1] === 0xff) this.#at++;
    const marker = this.#bytes[this.#at + 1] ?? 0;
    if (this.#bytes[this.#at] !== 0xff || marker < 0xd0 || marker > 0xd7) return false;
    this.#at += 2;
    this.#bits = this.#count = this.#invented = 0;
    return true;
  }

  #fill(): void {
    const byte = this.#bytes[this.#at];
    const next = this.#bytes[this.#at + 1];
    this.#count += 8;
    if (byte === undefined || byte === 0xff && next !== 0) {
      this.#bits <<= 8;
      this.#invented += 8;
      return;
    }
    this.#bits = this.#bits << 8 | byte;
    this.#at += byte === 0xff ? 2 : 1;
  }
}
