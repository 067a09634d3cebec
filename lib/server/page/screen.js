const RATE_WINDOW_MS = 2000;
const INTERVAL_SAMPLES = 9;

/** @import { Frame } from "./message.js" */

/**
 * @typedef {Frame & { arrivedAt: number }} Arrived
 * @typedef {Arrived & { width: number, height: number }} Shown
 *
 * @typedef {object} ScreenEvents
 * @property {() => boolean} mayDecode whether anybody sees it
 * @property {(frame: Frame) => void} onTaken a picture needs no more time
 * @property {() => void} onShown
 */

/** Shows pictures in an image, one at a time: what arrives meanwhile replaces what waits. */
export class Screen {
  /**
   * The picture on screen.
   *
   * @type {Shown | null}
   */
  current = null;
  #image;
  #events;
  /** Pictures are decoded here first, so that a broken or half-decoded one never reaches the screen. */
  #spare = new Image();
  /**
   * The newest picture that is not on screen yet: the only one ever kept.
   *
   * @type {Arrived | null}
   */
  #newest = null;
  #isDecoding = false;
  #run = 0;
  /** @type {string[]} */
  #urls = [];
  /** @type {number[]} */
  #arrivals = [];
  /** @type {{ at: number, age: number | null }[]} */
  #shown = [];

  /**
   * @param {HTMLImageElement} image
   * @param {ScreenEvents} events
   */
  constructor(image, events) {
    this.#image = image;
    this.#events = events;
  }

  /** When the last picture arrived, by performance.now(); undefined if none has. */
  get arrivedAt() {
    return this.#arrivals.at(-1);
  }

  /** The picture that is on screen, decoded. */
  get decoded() {
    return this.#spare;
  }

  /** @param {Frame} frame */
  offer(frame) {
    const arrivedAt = performance.now();
    this.#arrivals.push(arrivedAt);
    if (this.#arrivals.length > INTERVAL_SAMPLES + 1) this.#arrivals.shift();
    this.#newest = { ...frame, arrivedAt };
    if (!this.#events.mayDecode()) this.#events.onTaken(frame);
    else if (!this.#isDecoding) this.refresh();
  }

  /** Begins afresh: a decoding that was going on when the tab was hidden may never end. */
  async refresh() {
    const run = ++this.#run;
    this.#isDecoding = true;
    while (this.#newest !== null && this.#events.mayDecode()) {
      const frame = this.#newest;
      this.#newest = null;
      const url = await this.#decode(frame.blob);
      if (run !== this.#run) return release(url);
      this.#events.onTaken(frame);
      if (url !== null) this.#present(frame, url);
    }
    this.#isDecoding = false;
  }

  stop() {
    this.#newest = null;
    this.#run++;
    this.#isDecoding = false;
  }

  /** What comes next is something else. */
  forget() {
    this.stop();
    this.current = null;
    this.#arrivals = [];
    this.#shown = [];
  }

  forgetRate() {
    this.#shown = [];
  }

  /** Pictures shown a second, or null. */
  get rate() {
    const [first] = this.#shown;
    const last = this.#shown.at(-1);
    if (first === undefined || last === undefined || last === first) return null;
    return 1000 * (this.#shown.length - 1) / (last.at - first.at);
  }

  /** How old pictures were when they came on screen, by our clock, in ms, or null. */
  get age() {
    const ages = this.#shown.map(({ age }) => age).filter((age) => age !== null);
    return ages.length === 0 ? null : median(ages);
  }

  /** The measured time between pictures in ms; 0 if unknown. */
  get interval() {
    if (this.#arrivals.length < 3) return 0;
    return median(this.#arrivals.slice(1).map((at, i) => at - (this.#arrivals[i] ?? at)));
  }

  /**
   * Returns a URL of the decoded picture, or null when the data is no picture.
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
    const now = performance.now();
    this.#image.src = url;
    this.#urls.push(url);
    // The one before may still be on its way out.
    if (this.#urls.length > 2) release(this.#urls.shift() ?? null);
    const { naturalWidth: width, naturalHeight: height } = this.#spare;
    this.current = { ...frame, width, height };
    const age = frame.capturedAt === null ? null : Date.now() - frame.capturedAt;
    this.#shown.push({ at: now, age });
    const isOld = () => now - (this.#shown[0]?.at ?? now) > RATE_WINDOW_MS;
    while (this.#shown.length > 2 && isOld()) this.#shown.shift();
    this.#events.onShown();
  }
}

/** @param {string | null} url */
function release(url) {
  if (url !== null) URL.revokeObjectURL(url);
}

/** @param {readonly number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
