/** @import { Annotation } from "./annotation.js" */

const MOST_PROGRAMS = 16;
/** Only a few pictures wait to be shown. */
const MOST_WAITING = 64;
/** Capture times pass through formats that round them. */
const SLACK_MS = 1;
/**
 * A program that annotates each picture has annotated most of this many by the time they are shown.
 */
const SPOKEN_OF = 10;
const MOST_OF_THEM = 7;

/**
 * @typedef {Annotation & { until: number }} Kept
 *
 * @typedef {object} Program
 * @property {Kept[]} said the oldest picture first
 * @property {boolean[]} hits of the last pictures, whether it had spoken of them
 */

/** The annotations of a camera's pictures, for as long as they last. */
export class Annotations {
  /** @type {Map<string, Program>} */
  #programs = new Map();

  /**
   * Adds an annotation; an empty one withdraws the program's previous one.
   *
   * @param {Annotation} annotation
   * @param {number} now
   */
  add(annotation, now) {
    const { from, capturedAt, lastsMs } = annotation;
    const { said, hits } = this.#programs.get(from) ?? { said: [], hits: [] };
    const others = said.filter((each) => each.capturedAt < capturedAt);
    // The program that has been silent longest is replaced.
    this.#programs.delete(from);
    const kept = lastsMs > 0 ? [...others, { ...annotation, until: now + lastsMs }] : [];
    this.#programs.set(from, { said: kept.slice(-MOST_WAITING), hits });
    const [oldest] = this.#programs.keys();
    if (this.#programs.size > MOST_PROGRAMS && oldest !== undefined) this.#programs.delete(oldest);
  }

  /**
   * Another picture is shown. An annotation of one picture does not apply to the next if its
   * program annotates each.
   *
   * @param {number} capturedAt
   */
  turnTo(capturedAt) {
    for (const program of this.#programs.values()) {
      const isHit = program.said.some((each) => Math.abs(each.capturedAt - capturedAt) <= SLACK_MS);
      program.hits = [...program.hits, isHit].slice(-SPOKEN_OF);
      if (program.hits.filter(Boolean).length < MOST_OF_THEM) continue;
      program.said = program.said.filter((each) => each.capturedAt >= capturedAt - SLACK_MS);
    }
  }

  /**
   * The annotations of a picture: for each program, the last one of this picture or an earlier one.
   *
   * @param {number} capturedAt
   * @param {number} now
   */
  of(capturedAt, now) {
    /** @type {Kept[]} */
    const found = [];
    for (const program of this.#programs.values()) {
      const at = program.said.findLastIndex((each) => each.capturedAt <= capturedAt + SLACK_MS);
      const last = program.said[at];
      if (last !== undefined && last.until > now) found.push(last);
      program.said = program.said.slice(Math.max(0, at)).filter(({ until }) => until > now);
    }
    return found;
  }

  forget() {
    this.#programs.clear();
  }
}
