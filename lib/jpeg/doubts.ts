import { endOfPixels } from "./scan.ts";

/** A picture that is this much smaller than those before may be truncated. */
const SUSPICIOUS = 0.9;
/** The weight of one picture in the averages of size and of trailing bytes. */
const WEIGHT = 0.1;
/** The first pictures, and this many after a suspicious one, are always examined. */
const CLOSELY = 100;
/** This many zeros in a row are suspicious. */
const ZEROS = 32;
/** Examining pictures that seem whole takes at most this share of one processor core. */
const SHARE = 0.2;
/** EOI (ITU-T T.81, table B.1). */
const END = [0xff, 0xd9];

export interface DoubtsOptions {
  /** For tests, in milliseconds. @default the system's */
  now?: () => number;
}

/**
 * Finds pictures that end properly but have only their upper half, the rest of another picture, or
 * damage in the middle. Drivers add an EOI to what the USB bus has truncated, skip what it has
 * lost, and leave the end of an older, longer picture. Finding this takes reading all codes of a
 * picture, about 1 ms for 1280x720, as long as that is not too much for this machine. Beyond that,
 * only suspicious pictures are read: those smaller than usual, those with runs of zeros, which
 * stand for missing data, and those that follow a suspicious one.
 */
export class Doubts {
  readonly #now: () => number;
  #usual = 0;
  /** How often bytes follow a picture's pixels, from 0 to 1. */
  #tails: number | undefined;
  #closely = CLOSELY;
  #restsUntil = -Infinity;

  constructor({ now = () => performance.now() }: DoubtsOptions = {}) {
    this.#now = now;
  }

  /**
   * A picture, truncated after its last pixel. Its end is overwritten.
   *
   * @returns a part of `jpeg`; `undefined` if pixels are recognizably missing or damaged
   */
  clear(jpeg: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
    const isDoubtful = this.#closely > 0 || jpeg.length < this.#usual * SUSPICIOUS ||
      hasZeros(jpeg);
    if (this.#closely > 0) this.#closely--;
    const begun = this.#now();
    if (!isDoubtful && begun < this.#restsUntil) return this.#pass(jpeg);
    const end = endOfPixels(jpeg);
    this.#restsUntil = begun + (this.#now() - begun) / SHARE;
    // A picture whose coding can't be checked is trusted.
    if (end === "unknown") return this.#pass(jpeg);
    const ended = end === "cut" ? undefined : this.#endAt(end, jpeg);
    if (ended !== jpeg) this.#closely = CLOSELY;
    return ended && this.#pass(ended);
  }

  #pass(jpeg: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    this.#usual += (jpeg.length - this.#usual) * (this.#usual === 0 ? 1 : WEIGHT);
    return jpeg;
  }

  /**
   * Removes what follows the pixels. If a camera's pictures usually end cleanly, one with trailing
   * bytes has too many: a part of another picture is in its middle.
   */
  #endAt(end: number, jpeg: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
    const hasTail = end < jpeg.length - END.length;
    this.#tails ??= Number(hasTail);
    this.#tails += (Number(hasTail) - this.#tails) * WEIGHT;
    if (!hasTail) return jpeg;
    if (this.#tails < 0.5) return undefined;
    jpeg.set(END, end);
    return jpeg.subarray(0, end + END.length);
  }
}

/** Whether there are many zeros in a row, as hardly any encoder writes them. */
function hasZeros(jpeg: Uint8Array): boolean {
  for (let at = ZEROS; at < jpeg.length; at += ZEROS) {
    if (jpeg[at] !== 0) continue;
    let from = at;
    while (from > at - ZEROS && jpeg[from - 1] === 0) from--;
    let to = at;
    while (to < from + ZEROS && jpeg[to] === 0) to++;
    if (to - from >= ZEROS) return true;
  }
  return false;
}
