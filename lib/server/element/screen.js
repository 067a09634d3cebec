/** @import { Frame } from "./link/message.js" */
/** @import { Tally } from "./tally.js" */

/**
 * @typedef {Frame & { arrivedAt: number }} Arrived
 *
 * A picture that is on screen. One of a video has no file.
 *
 * @typedef {object} Shown
 * @property {number | null} capturedAt by the server's clock, in ms since 1970
 * @property {number | null} sequence
 * @property {number} arrivedAt by performance.now()
 * @property {number} width
 * @property {number} height
 * @property {Blob | null} blob
 *
 * @typedef {object} ScreenEvents
 * @property {() => boolean} mayDecode whether anybody sees it
 * @property {(sequence: number | null) => void} onTaken a picture needs no more time
 * @property {(shown: Shown) => void} onShown
 */

/** Shows JPEG files in an image, one at a time: a newer one replaces the one that waits. */
export class Screen {
  #image;
  #tally;
  #events;
  /**
   * Pictures are decoded here first, so that a broken or half-decoded one never appears on screen.
   */
  #spare = new Image();
  /**
   * The newest picture that is not on screen yet: only one is kept.
   *
   * @type {Arrived | null}
   */
  #newest = null;
  #isDecoding = false;
  #run = 0;
  /** @type {string[]} */
  #urls = [];

  /**
   * @param {HTMLImageElement} image
   * @param {Tally} tally
   * @param {ScreenEvents} events
   */
  constructor(image, tally, events) {
    this.#image = image;
    this.#tally = tally;
    this.#events = events;
  }

  /** The picture on screen, decoded. */
  get decoded() {
    return this.#spare;
  }

  /** @param {Arrived} frame */
  offer(frame) {
    this.#newest = frame;
    if (!this.#events.mayDecode()) this.#events.onTaken(frame.sequence);
    else if (!this.#isDecoding) this.refresh();
  }

  /** Starts over: a decoding under way when the tab was hidden may never end. */
  async refresh() {
    const run = ++this.#run;
    this.#isDecoding = true;
    while (this.#newest !== null && this.#events.mayDecode()) {
      const frame = this.#newest;
      this.#newest = null;
      const url = await this.#decode(frame.blob);
      if (run !== this.#run) return release(url);
      this.#events.onTaken(frame.sequence);
      if (url !== null) this.#present(frame, url);
    }
    this.#isDecoding = false;
  }

  stop() {
    this.#newest = null;
    this.#run++;
    this.#isDecoding = false;
  }

  /** Nobody watches any more: keeps no picture alive. */
  close() {
    this.stop();
    for (const url of this.#urls.splice(0)) release(url);
    for (const image of [this.#image, this.#spare]) image.removeAttribute("src");
  }

  /**
   * Returns a URL of the decoded picture, or null if the data is not a picture.
   *
   * @param {Blob} blob
   */
  async #decode(blob) {
    const url = URL.createObjectURL(blob);
    try {
      this.#spare.src = url;
      await this.#spare.decode();
      return url;
    } catch {
      release(url);
      return null;
    }
  }

  /**
   * @param {Arrived} frame
   * @param {string} url
   */
  #present(frame, url) {
    this.#image.src = url;
    this.#urls.push(url);
    // The previous one may still be fading out.
    if (this.#urls.length > 2) release(this.#urls.shift() ?? null);
    const { naturalWidth: width, naturalHeight: height } = this.#spare;
    this.#tally.show(frame.capturedAt);
    this.#events.onShown({ ...frame, width, height });
  }
}

/** @param {string | null} url */
function release(url) {
  if (url !== null) URL.revokeObjectURL(url);
}
