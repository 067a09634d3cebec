import { endOfPixels } from "./scan.ts";

/** A picture that is so much smaller than those before it may be half a one. */
const SUSPICIOUS = 0.9;
/** The weight of one picture in the usual size. */
const WEIGHT = 0.1;
/** So many pictures after an odd one are looked through as well, whatever their size. */
const CLOSELY = 100;
/** So many zeros in a row are odd. */
const ZEROS = 32;
/** EOI (ITU-T T.81, table B.1). */
const END = [0xff, 0xd9];

/**
 * Finds pictures that end well and have only their upper half, or the rest of an older one: drivers end with an
 * EOI what the USB bus has cut, and leave one that an older, longer picture had. To read all codes of each
 * picture would take more time than everything else that is done with it, so only those that are smaller than
 * usual are looked through, those with zeros in them, which stand for what never came, and those that follow an
 * odd one.
 */
export class Doubts {
  #usual = 0;
  #closely = 0;

  /**
   * A picture, ended behind its last pixel, as far as there is reason to doubt it. It is written to.
   *
   * @returns a part of `jpeg`; nothing where pixels are missing
   */
  clear(jpeg: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
    const isDoubtful = this.#usual === 0 || this.#closely > 0 ||
      jpeg.length < this.#usual * SUSPICIOUS || hasZeros(jpeg);
    // One that is written in a way that can't be checked is trusted.
    const end = isDoubtful ? endOfPixels(jpeg) : "unknown";
    if (this.#closely > 0) this.#closely--;
    if (end === "cut") {
      this.#closely = CLOSELY;
      return undefined;
    }
    this.#usual += (jpeg.length - this.#usual) * (this.#usual === 0 ? 1 : WEIGHT);
    if (end === "unknown" || end >= jpeg.length - END.length) return jpeg;
    this.#closely = CLOSELY;
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
