/** @import { Box } from "./annotation.js" */
/** @import { Kept } from "./annotations.js" */

/** Each is bright against the dark outline around it, so that it is visible on every picture. */
const COLOURS = ["#ffe14a", "#5ef0ff", "#8dff6a", "#ff9df5", "#ffb35c", "#b9c6ff"];
const OUTLINE = "rgb(0 0 0 / .75)";
const PLATE = "rgb(12 14 17 / .85)";
const LINE_PX = 2;
const OUTLINE_PX = 5;
const PADDING_PX = 5;
const MOST_LINES = 4;

/** Draws the annotations over a picture. */
export class Painter {
  #canvas;
  #isBlank = true;

  /** @param {HTMLCanvasElement} canvas lies over the picture, fitted like it */
  constructor(canvas) {
    this.#canvas = canvas;
    canvas.setAttribute("role", "img");
  }

  /**
   * Draws annotations in place of the previous ones.
   *
   * @param {readonly Kept[]} annotations
   * @param {number} ratio width of the picture to its height
   */
  paint(annotations, ratio) {
    if (annotations.length === 0 && this.#isBlank) return;
    this.#isBlank = annotations.length === 0;
    this.#canvas.hidden = this.#isBlank;
    this.#canvas.setAttribute("aria-label", spoken(annotations));
    if (this.#isBlank) return;
    const { context, size } = this.#prepare(ratio);
    if (context === null) return;
    const boxes = annotations.flatMap((each) => each.boxes);
    // Lines are drawn first, so that no label is crossed out.
    for (const box of boxes) outline(context, size, box);
    for (const box of boxes) writeLabel(context, size, box);
    const texts = annotations.map(({ text }) => text).filter((text) => text !== "");
    writeText(context, size, texts);
  }

  /** @param {number} ratio */
  #prepare(ratio) {
    const { clientWidth, clientHeight } = this.#canvas;
    const size = { width: clientWidth, height: clientWidth / ratio };
    if (size.height > clientHeight) {
      Object.assign(size, { width: clientHeight * ratio, height: clientHeight });
    }
    const scale = devicePixelRatio || 1;
    // Setting a size blanks it, even to what it is.
    this.#canvas.width = Math.max(1, Math.round(size.width * scale));
    this.#canvas.height = Math.max(1, Math.round(size.height * scale));
    const context = this.#canvas.getContext("2d");
    context?.scale(scale, scale);
    if (context !== null) {
      context.font = `600 ${Math.min(16, Math.max(11, size.width / 40))}px system-ui, sans-serif`;
      context.textBaseline = "middle";
    }
    return { context, size };
  }
}

/** @typedef {{ width: number, height: number }} Room */

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Room} size
 * @param {Box} box
 */
function outline(context, size, box) {
  context.lineJoin = "round";
  for (
    const [colour, width] of /** @type {const} */ ([
      [OUTLINE, OUTLINE_PX],
      [colourOf(box.label), LINE_PX],
    ])
  ) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.strokeRect(
      box.x * size.width,
      box.y * size.height,
      box.width * size.width,
      box.height * size.height,
    );
  }
}

/**
 * Above its box, or in it where there is no room above.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Room} size
 * @param {Box} box
 */
function writeLabel(context, size, box) {
  const words = [box.label, box.score === null ? "" : `${Math.round(100 * box.score)} %`]
    .filter((each) => each !== "").join(" ");
  if (words === "") return;
  const top = box.y * size.height - lineHeight(context) - OUTLINE_PX / 2;
  const y = top >= 0 ? top : box.y * size.height + OUTLINE_PX / 2;
  plate(context, size, {
    words,
    x: box.x * size.width - OUTLINE_PX / 2,
    y,
    colour: colourOf(box.label),
  });
}

/**
 * On the picture's lower edge.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Room} size
 * @param {readonly string[]} texts
 */
function writeText(context, size, texts) {
  const lines = texts.flatMap((text) => wrap(context, text, size.width - 4 * PADDING_PX))
    .slice(0, MOST_LINES);
  const height = lineHeight(context);
  const top = size.height - lines.length * height - PADDING_PX;
  for (const [i, words] of lines.entries()) {
    plate(context, size, { words, x: PADDING_PX, y: top + i * height, colour: "#fff" });
  }
}

/**
 * Text on a dark background, within the picture.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Room} size
 * @param {{ words: string, x: number, y: number, colour: string }} what
 */
function plate(context, size, { words, x, y, colour }) {
  const most = size.width - 2 * PADDING_PX;
  const width = Math.min(most, context.measureText(words).width) + 2 * PADDING_PX;
  const height = lineHeight(context);
  const left = Math.max(0, Math.min(x, size.width - width));
  const top = Math.max(0, Math.min(y, size.height - height));
  context.fillStyle = PLATE;
  context.fillRect(left, top, width, height);
  context.fillStyle = colour;
  context.fillText(words, left + PADDING_PX, top + height / 2, most);
}

/** @param {CanvasRenderingContext2D} context */
function lineHeight(context) {
  return Math.round(1.4 * parseFloat(context.font.replace(/^\D*\d+ /, "")));
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} width
 */
function wrap(context, text, width) {
  /** @type {string[]} */
  const lines = [];
  let line = "";
  // Chinese has no spaces between its words.
  for (
    const word
      of text.match(/\s*[\u3000-\u9fff\uff00-\uffef]|\s*[^\s\u3000-\u9fff\uff00-\uffef]+/gu) ?? []
  ) {
    if (line !== "" && context.measureText(line + word).width > width) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? word.trim() : word;
  }
  return line === "" ? lines : [...lines, line];
}

/**
 * The same colour for the same label.
 *
 * @param {string} label
 */
function colourOf(label) {
  let sum = 0;
  for (const letter of label) sum = (31 * sum + (letter.codePointAt(0) ?? 0)) % 9973;
  return COLOURS[sum % COLOURS.length] ?? "#fff";
}

/** @param {readonly Kept[]} annotations */
function spoken(annotations) {
  const labels = annotations.flatMap(({ boxes }) => boxes.map(({ label }) => label));
  return [...annotations.map(({ text }) => text), ...new Set(labels)]
    .filter((each) => each !== "").join(", ");
}
