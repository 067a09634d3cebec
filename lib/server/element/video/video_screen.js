import { kindOfMp4, readFragment, timescaleOf } from "./mp4.js";
import { canPlay, createVideoPlayer } from "./video_player.js";

/** @import { FragmentInfo } from "./mp4.js" */
/** @import { createVideoSurface, Painted } from "./video_player.js" */
/** @import { ScreenEvents } from "../screen.js" */
/** @import { Tally } from "../tally.js" */

/** Only a few pictures are between their arrival and the screen. */
const MOST_KNOWN = 300;
/** If pictures come and none is painted for this long, the browser or its decoder has a problem. */
const STALLED_MS = 3000;
/** After a pause as long as this, painting has as much time again: it was the camera that stalled. */
const PAUSE_MS = STALLED_MS / 2;
const CLOSE_S = 0.002;

/**
 * A picture on its way to the screen.
 *
 * @typedef {object} Known
 * @property {number} time in the player's seconds
 * @property {number | null} capturedAt
 * @property {number} sequence
 * @property {number} arrivedAt
 *
 * @typedef {ScreenEvents & { onStalled: () => void }} VideoScreenEvents
 */

/** Shows H.264, always at the newest picture. */
export class VideoScreen {
  #player;
  #tally;
  #events;
  #isOpen = false;
  #timescale = 0;
  /** Nothing can be shown until a key frame comes. */
  #needsKey = true;
  /** The player's time minus the stream's, in seconds; NaN until a stream's first picture. */
  #offset = NaN;
  /** The end of the newest picture. */
  #end = 0;
  /** @type {Known[]} */
  #known = [];
  /** When the newest picture came, by performance.now(). */
  #arrivedAt = 0;
  /** When the last one was painted, or could first have been after a pause. */
  #paintedAt = 0;

  /**
   * @param {ReturnType<typeof createVideoSurface>} surface
   * @param {Tally} tally
   * @param {VideoScreenEvents} events
   */
  constructor(surface, tally, events) {
    this.#tally = tally;
    this.#events = events;
    this.#player = createVideoPlayer(surface, {
      mayDecode: events.mayDecode,
      onPainted: (painted) => this.#painted(painted),
      onFailed: events.onStalled,
    });
  }

  /**
   * Another stream begins.
   *
   * @param {string} mime
   */
  describe(mime) {
    if (!canPlay(mime)) return this.#events.onStalled();
    if (!this.#isOpen) this.#paintedAt = performance.now();
    this.#isOpen = true;
    this.#player.begin(mime);
    this.#begin();
  }

  /**
   * Takes an initialisation segment or a fragment.
   *
   * @param {Uint8Array<ArrayBuffer>} bytes
   * @param {number} arrivedAt by performance.now()
   */
  take(bytes, arrivedAt) {
    if (!this.#isOpen) return;
    if (kindOfMp4(bytes) === "init") {
      this.#timescale = timescaleOf(bytes) ?? 0;
      this.#begin();
      this.#player.start(bytes);
      return;
    }
    const fragment = readFragment(bytes);
    if (fragment === null || this.#timescale === 0) return;
    this.#events.onTaken(fragment.sequence);
    const { isFull } = this.#player;
    if (isFull) this.#needsKey = true;
    if (this.#needsKey && (isFull || !fragment.isKey)) return;
    this.#needsKey = false;
    this.#add(bytes, { ...fragment, arrivedAt });
  }

  /** Shows the newest picture, and none before it. */
  refresh() {
    this.#paintedAt = performance.now();
    this.#player.refresh();
  }

  /** @param {number} now */
  tick(now) {
    // Hidden pages don't report what is painted.
    if (!this.#isOpen || document.hidden) {
      this.#paintedAt = now;
      return;
    }
    const isComing = this.#known.length > 0 && now - this.#arrivedAt < PAUSE_MS;
    if (isComing && now - this.#paintedAt > STALLED_MS) this.#events.onStalled();
  }

  close() {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#known = [];
    this.#end = 0;
    this.#player.close();
  }

  /** Another stream, or another way to decode it, begins with a key frame. */
  #begin() {
    this.#needsKey = true;
    this.#offset = NaN;
    // It is not known whether those of the previous one will be painted.
    this.#known = [];
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} bytes
   * @param {FragmentInfo & { arrivedAt: number }} fragment
   */
  #add(bytes, fragment) {
    const { capturedAt, sequence, arrivedAt, isKey } = fragment;
    const begins = fragment.decodeTime / this.#timescale;
    // A new stream continues where the previous one ends, since the player's time only grows.
    if (isNaN(this.#offset)) this.#offset = this.#end - begins;
    const offset = this.#offset;
    const duration = fragment.duration / this.#timescale;
    this.#end = Math.max(this.#end, begins + offset + duration);
    const time = begins + offset + fragment.offset / this.#timescale;
    if (arrivedAt - this.#arrivedAt > PAUSE_MS) this.#paintedAt = arrivedAt;
    this.#arrivedAt = arrivedAt;
    this.#known.push({ time, capturedAt, sequence, arrivedAt });
    if (this.#known.length > MOST_KNOWN) this.#known.shift();
    this.#player.add(bytes, { time, duration, offset, isKey });
  }

  /** @param {Painted} painted */
  #painted({ time, inMs, width, height }) {
    const at = this.#known.findLastIndex((each) => each.time <= time + CLOSE_S);
    const shown = this.#known[at];
    if (shown === undefined) return;
    // Told once.
    this.#known = this.#known.slice(at + 1);
    this.#paintedAt = performance.now();
    this.#tally.show(shown.capturedAt, inMs);
    this.#events.onShown({ ...shown, width, height, blob: null });
  }
}
