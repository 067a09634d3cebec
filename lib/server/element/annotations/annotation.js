import { isNumber } from "../link/message.js";

const MOST_BOXES = 200;
const LONGEST_LABEL = 100;
const LONGEST_REMARK = 1000;
const LONGEST_S = 3600;

/**
 * An object that a program has found in a picture; positions and sizes are 0 to 1 of the picture's.
 *
 * @typedef {object} Box
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 * @property {string} label
 * @property {number | null} score 0 to 1
 *
 * A program's words about a picture.
 *
 * @typedef {object} Annotation
 * @property {string} from which program
 * @property {number} capturedAt when the picture was captured, by the server's clock, in ms since 1970
 * @property {readonly Box[]} boxes
 * @property {string} text
 * @property {number} lastsMs how long it lasts from now
 */

/**
 * Parses an annotation from a message; null if it is invalid. Invalid boxes are left out.
 *
 * @param {Readonly<Record<string, unknown>>} message
 * @returns {Annotation | null}
 */
export function readAnnotation({ timestamp, boxes = [], text, for: lasts = 1, from }) {
  if (!isNumber(timestamp) || !isNumber(lasts) || !Array.isArray(boxes)) return null;
  return {
    from: cleaned(from, LONGEST_LABEL),
    capturedAt: timestamp * 1000,
    boxes: boxes.slice(0, MOST_BOXES).map(readBox).filter((box) => box !== null),
    text: cleaned(text, LONGEST_REMARK),
    lastsMs: Math.min(LONGEST_S, Math.max(0, lasts)) * 1000,
  };
}

/**
 * @param {unknown} value
 * @returns {Box | null}
 */
function readBox(value) {
  const { x, y, width, height, label, score } = Object(value);
  if (![x, y, width, height].every(isShare)) return null;
  return {
    x,
    y,
    // A box that extends beyond the edge ends there.
    width: Math.min(width, 1 - x),
    height: Math.min(height, 1 - y),
    label: cleaned(label, LONGEST_LABEL),
    score: isShare(score) ? score : null,
  };
}

/** @param {unknown} value */
function isShare(value) {
  return isNumber(value) && value >= 0 && value <= 1;
}

/**
 * A text without invisible characters, or ones that change its direction.
 *
 * @param {unknown} value
 * @param {number} longest
 */
function cleaned(value, longest) {
  if (typeof value !== "string") return "";
  return value.slice(0, 4 * longest).replaceAll(/\p{C}+/gu, " ").trim().slice(0, longest);
}
