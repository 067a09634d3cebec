import { endOfPixels } from "./scan.ts";

/** A picture that is so much smaller than those before it may be half a one. */
const SUSPICIOUS = 0.9;
/** The weight of one picture in the usual size, and in what they usually end with. */
const WEIGHT = 0.1;
/** The first pictures, and this many after an odd one, are looked through whatever it takes. */
const CLOSELY = 100;
/** This many zeros in a row are odd. */
const ZEROS = 32;
/** Looking through pictures that seem to be whole takes this part of one processor core at most. */
const SHARE = 0.2;
/** EOI (ITU-T T.81, table B.1). */
const END = [0xff, 0xd9];

/** Options of {@linkcode Doubts}. */
export interface DoubtsOptions {
  /** For tests, in milliseconds. @default the system's */
  now?: () => number;
}

/**
 * Finds pictures that end well and have only their upper half, the rest of another one, or damage in their middle:
 * drivers end with an EOI what the USB bus has cut, leave out what it has lost, and leave the end that an older,
 * longer picture had. All codes of a picture are read for that, which takes about 1 ms of 1280x720, as long as
 * that is not too much for this machine; then only of those that are smaller than usual, have zeros in them,
 * which stand for what never came, or follow an odd one.
 */
export class Doubts {
  readonly #now: () => number;
  #usual = 0;
  /** How often something stands behind a picture's pixels, from 0 to 1. */
  #tails: number | undefined;
  #closely = CLOSELY;
  #restsUntil = -Infinity;

  /** Nothing is known of the camera yet. */
  constructor({ now = () => performance.now() }: DoubtsOptions = {}) {
    this.#now = now;
  }

  /**
   * A picture, ended behind its last pixel. It is written to.
   *
   * @returns a part of `jpeg`; nothing where pixels are missing or damaged, as far as that can be seen
   */
  clear(jpeg: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
    const isDoubtful = this.#closely > 0 || jpeg.length < this.#usual * SUSPICIOUS ||
      hasZeros(jpeg);
    if (this.#closely > 0) this.#closely--;
    const begun = this.#now();
    if (!isDoubtful && begun < this.#restsUntil) return this.#pass(jpeg);
    const end = endOfPixels(jpeg);
    this.#restsUntil = begun + (this.#now() - begun) / SHARE;
    // One that is written in a way that can't be checked is trusted.
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
   * Cuts off what stands behind the pixels. Of a camera whose pictures end well, one with something behind it
   * has too many of them, since a part of another one stands in its middle.
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

/** Whether many zeros stand in a row, as hardly any encoder writes them. */
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
