import { endOfPixels } from "./scan.ts";

/** A picture that is so much smaller than those before it may be half a one. */
const SUSPICIOUS = 0.9;
/** The weight of one picture in the usual size. */
const WEIGHT = 0.1;

/**
 * Finds pictures that end well and have only their upper half: drivers end with an EOI what the USB bus has
 * cut. To read all codes of each picture would take more time than everything else that is done with it, so
 * only those that are smaller than usual are looked through.
 */
export class Doubts {
  #usual = 0;

  /** Whether all pixels of a picture are there, as far as there is reason to doubt it. */
  clears(jpeg: Uint8Array): boolean {
    const isDoubtful = this.#usual === 0 || jpeg.length < this.#usual * SUSPICIOUS;
    // One that is written in a way that can't be checked is trusted.
    if (isDoubtful && endOfPixels(jpeg) === "cut") return false;
    this.#usual += (jpeg.length - this.#usual) * (this.#usual === 0 ? 1 : WEIGHT);
    return true;
  }
}
