/** @import { Arrived } from "../screen.js" */

/** A picture waits no longer than this for its annotation. */
const LONGEST_WAIT_MS = 250;
const MOST_HELD = 8;
/** Among this many pictures, most must have been annotated for the next one to wait. */
const HELD_SAMPLES = 10;
const ENOUGH = 7;
const SAME_WITHIN_MS = 1;

/** @typedef {{ frame: Arrived, isHeard: boolean }} Waiting */

/**
 * Makes pictures wait for their annotations: if a program annotates nearly every picture, each is
 * shown together with its own annotation, and never with that of the one before.
 */
export class Hold {
  #show;
  /** The last pictures, the oldest first. @type {Waiting[]} */
  #recent = [];
  /** The newest of those that aren't shown yet. */
  #waiting = 0;
  #timer = 0;

  /** @param {(frame: Arrived) => void} show */
  constructor(show) {
    this.#show = show;
  }

  /**
   * Shows a picture, now or once it has been annotated; returns whether it waits.
   *
   * @param {Arrived} frame
   */
  offer(frame) {
    this.#recent.push({ frame, isHeard: false });
    if (this.#recent.length > HELD_SAMPLES + MOST_HELD) this.#recent.shift();
    this.#waiting++;
    if (!this.#isSpokenOf || this.#waiting > MOST_HELD) this.#showUpTo(this.#recent.length - 1);
    else this.#watch();
    return this.#waiting > 0;
  }

  /**
   * An annotation has come for the picture with this capture time.
   *
   * @param {number} capturedAt
   */
  hear(capturedAt) {
    const at = this.#recent.findLastIndex(({ frame }) =>
      Math.abs((frame.capturedAt ?? Infinity) - capturedAt) <= SAME_WITHIN_MS
    );
    const heard = this.#recent[at];
    if (heard === undefined) return;
    heard.isHeard = true;
    this.#showUpTo(at);
  }

  /** The next picture shows something else. */
  forget() {
    clearTimeout(this.#timer);
    this.#recent = [];
    this.#waiting = 0;
  }

  get #isSpokenOf() {
    const shown = this.#recent.slice(0, this.#first).slice(-HELD_SAMPLES);
    return shown.filter(({ isHeard }) => isHeard).length >= ENOUGH;
  }

  /** The index of the first waiting picture. */
  get #first() {
    return this.#recent.length - this.#waiting;
  }

  /** @param {number} last its place among the last pictures */
  #showUpTo(last) {
    if (last < this.#first) return;
    const due = this.#recent.slice(this.#first, last + 1);
    this.#waiting = this.#recent.length - 1 - last;
    for (const { frame } of due) this.#show(frame);
    this.#watch();
  }

  #watch() {
    clearTimeout(this.#timer);
    if (this.#waiting === 0) return;
    const { arrivedAt = 0 } = this.#recent[this.#first]?.frame ?? {};
    const ms = Math.max(0, arrivedAt + LONGEST_WAIT_MS - performance.now());
    this.#timer = setTimeout(() => this.#showUpTo(this.#first), ms);
  }
}
