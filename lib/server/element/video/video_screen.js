import { followLiveEdge } from "./live_edge.js";
import { MediaBuffer } from "./media_buffer.js";
import { kindOfMp4, readFragment, timescaleOf } from "./mp4.js";

/** @import { FragmentInfo } from "./mp4.js" */
/** @import { ScreenEvents } from "../screen.js" */
/** @import { Tally } from "../tally.js" */

/** Only a few pictures are between their arrival and the screen. */
const MOST_KNOWN = 300;
/** If pictures come and none is painted for this long, the browser or its decoder has a problem. */
const STALLED_MS = 3000;
const CLOSE_S = 0.002;

/**
 * A picture on its way to the screen.
 *
 * @typedef {object} Known
 * @property {number} time in the video's seconds
 * @property {number | null} capturedAt
 * @property {number} sequence
 * @property {number} arrivedAt
 *
 * @typedef {ScreenEvents & { onStalled: () => void }} VideoScreenEvents
 */

/** Shows H.264 in a video element, always at the newest picture. */
export class VideoScreen {
  #video;
  #tally;
  #events;
  /** @type {MediaBuffer | null} */
  #buffer = null;
  #mime = "";
  #timescale = 0;
  /** Nothing can be shown until a key frame comes. */
  #needsKey = true;
  /** The video's time minus the stream's, in seconds; NaN until a stream's first picture. */
  #offset = NaN;
  /** The end of the newest picture. */
  #end = 0;
  #duration = 0;
  /** @type {Known[]} */
  #known = [];
  #paintedAt = 0;
  /** Distinguishes the current frame callback from earlier ones. */
  #run = 0;

  /**
   * @param {HTMLVideoElement} video
   * @param {Tally} tally
   * @param {VideoScreenEvents} events
   */
  constructor(video, tally, events) {
    this.#video = video;
    this.#tally = tally;
    this.#events = events;
  }

  /**
   * Whether the browser can show it.
   *
   * @param {string} mime
   */
  static isSupported(mime) {
    return MediaBuffer.isSupported(mime);
  }

  /**
   * Another stream begins.
   *
   * @param {string} mime
   */
  describe(mime) {
    if (!MediaBuffer.isSupported(mime)) return this.#events.onStalled();
    if (this.#buffer === null) {
      this.#buffer = new MediaBuffer(this.#video, mime, {
        onAppended: () => followLiveEdge(this.#video, this.#duration),
        onFailed: () => this.#events.onStalled(),
      });
      this.#paintedAt = performance.now();
      this.#watchFrames();
    } else if (mime !== this.#mime) this.#buffer.changeType(mime);
    this.#mime = mime;
    this.#needsKey = true;
    this.#offset = NaN;
  }

  /**
   * Takes an initialisation segment or a fragment.
   *
   * @param {Uint8Array<ArrayBuffer>} bytes
   * @param {number} arrivedAt by performance.now()
   */
  take(bytes, arrivedAt) {
    if (this.#buffer === null) return;
    if (kindOfMp4(bytes) === "init") {
      this.#timescale = timescaleOf(bytes) ?? 0;
      this.#needsKey = true;
      this.#offset = NaN;
      this.#buffer.append(bytes);
      return;
    }
    const fragment = readFragment(bytes);
    if (fragment === null || this.#timescale === 0) return;
    this.#events.onTaken(fragment.sequence);
    if (this.#buffer.isFull) this.#needsKey = true;
    if (this.#needsKey && !fragment.isKey) return;
    if (this.#needsKey && this.#buffer.isFull) return;
    this.#needsKey = false;
    this.#append(bytes, { ...fragment, arrivedAt });
  }

  /** Shows the newest picture, and none before it. */
  refresh() {
    this.#paintedAt = performance.now();
    if (this.#buffer === null) return;
    this.#play();
    followLiveEdge(this.#video, this.#duration);
  }

  /** @param {number} now */
  tick(now) {
    // Hidden pages don't report what is painted.
    if (this.#buffer === null || document.hidden) {
      this.#paintedAt = now;
      return;
    }
    const newest = this.#known.at(-1);
    const isComing = newest !== undefined && now - newest.arrivedAt < STALLED_MS;
    if (isComing && now - this.#paintedAt > STALLED_MS) this.#events.onStalled();
  }

  close() {
    this.#run++;
    this.#known = [];
    this.#mime = "";
    this.#end = 0;
    this.#buffer?.close();
    this.#buffer = null;
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} bytes
   * @param {FragmentInfo & { arrivedAt: number }} fragment
   */
  #append(bytes, { decodeTime, duration, offset, capturedAt, sequence, arrivedAt }) {
    const begins = decodeTime / this.#timescale;
    // A new stream continues where the previous one ends, since the video's time only grows.
    if (isNaN(this.#offset)) this.#offset = this.#end - begins;
    this.#duration = duration / this.#timescale;
    this.#end = Math.max(this.#end, begins + this.#offset + this.#duration);
    const time = begins + this.#offset + offset / this.#timescale;
    this.#known.push({ time, capturedAt, sequence, arrivedAt });
    if (this.#known.length > MOST_KNOWN) this.#known.shift();
    this.#buffer?.append(bytes, this.#offset);
    this.#play();
  }

  #play() {
    const video = this.#video;
    if (!video.paused || !this.#events.mayDecode()) return;
    // If a browser forbids playing, nothing is painted, which is detected.
    video.play().catch(() => {});
  }

  /** Called for each painted picture. */
  #watchFrames() {
    const run = ++this.#run;
    const video = this.#video;
    const next = () => {
      if (run !== this.#run) return;
      // Some browsers only report the time.
      const isTold = "requestVideoFrameCallback" in HTMLVideoElement.prototype;
      if (isTold) {
        video.requestVideoFrameCallback((_, { mediaTime, expectedDisplayTime }) => {
          this.#painted(mediaTime, Math.max(0, expectedDisplayTime - performance.now()));
          next();
        });
      } else {
        requestAnimationFrame(() => {
          this.#painted(video.currentTime, 0);
          next();
        });
      }
    };
    next();
  }

  /**
   * @param {number} time in the video's seconds
   * @param {number} inMs when it will be seen
   */
  #painted(time, inMs) {
    const at = this.#known.findLastIndex((each) => each.time <= time + CLOSE_S);
    const shown = this.#known[at];
    if (shown === undefined) return;
    // Told once.
    this.#known = this.#known.slice(at + 1);
    this.#paintedAt = performance.now();
    this.#tally.show(shown.capturedAt, inMs);
    const { videoWidth: width, videoHeight: height } = this.#video;
    this.#events.onShown({ ...shown, width, height, blob: null });
  }
}
