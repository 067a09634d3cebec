import { element } from "../../element/dom.js";
import { texts } from "../texts/texts.js";

const SECONDS = 60;
const HEIGHT = 96;
const TOP = 16;
const BOTTOM = 4;

/**
 * One second of a viewer; null for unknown values.
 *
 * @typedef {{ rate: number | null, age: number | null }} Point
 */

/** Rate and age over the last minute, one point for each second. */
export class Chart {
  #canvas = element("chart", HTMLCanvasElement);
  /** @type {Point[]} */
  #points = [];

  /**
   * Adds the current values.
   *
   * @param {Point} point
   */
  add({ rate, age }) {
    this.#points.push({ rate, age });
    if (this.#points.length > SECONDS) this.#points.shift();
  }

  forget() {
    this.#points = [];
  }

  /** Draws the chart, and describes it in words. */
  draw() {
    this.#canvas.setAttribute("aria-label", this.#spoken());
    const width = this.#canvas.clientWidth;
    const scale = devicePixelRatio || 1;
    this.#canvas.width = Math.round(width * scale);
    this.#canvas.height = Math.round(HEIGHT * scale);
    const context = this.#canvas.getContext("2d");
    if (context === null) return;
    context.scale(scale, scale);
    const colours = getComputedStyle(document.documentElement);
    /** @param {string} name */
    const colour = (name) => colours.getPropertyValue(name).trim();
    drawGrid(context, { width, colour: colour("--line") });
    this.#trace(context, "rate", { width, colour: colour("--accent"), isFilled: true });
    this.#trace(context, "age", { width, colour: colour("--second") });
    context.font = "600 11px system-ui, sans-serif";
    this.#writeMost(context, "rate", { x: 0, colour: colour("--accent"), digits: 0 });
    this.#writeMost(context, "age", { x: width, colour: colour("--second"), digits: 0 });
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {keyof Point} name
   * @param {{ width: number, colour: string, isFilled?: boolean }} look
   */
  #trace(context, name, { width, colour, isFilled = false }) {
    const most = roundUp(this.#most(name));
    /** @param {number} i */
    const x = (i) => width * (SECONDS - this.#points.length + i) / (SECONDS - 1);
    /** @param {number} value */
    const y = (value) => HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / most;
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = 2;
    context.lineJoin = "round";
    for (const run of runsOf(this.#points.map((point) => point[name]))) {
      context.beginPath();
      for (const [i, value] of run) context.lineTo(x(i), y(value));
      context.stroke();
      const [first] = run;
      const last = run.at(-1);
      if (!isFilled || first === undefined || last === undefined) continue;
      context.lineTo(x(last[0]), HEIGHT - BOTTOM);
      context.lineTo(x(first[0]), HEIGHT - BOTTOM);
      context.globalAlpha = 0.14;
      context.fill();
      context.globalAlpha = 1;
    }
  }

  /**
   * Each trace has its own scale: the number is the value at its top.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {keyof Point} name
   * @param {{ x: number, colour: string, digits: number }} look
   */
  #writeMost(context, name, { x, colour, digits }) {
    const most = this.#most(name);
    if (most === 0) return;
    context.textAlign = x === 0 ? "left" : "right";
    context.fillStyle = colour;
    context.fillText(roundUp(most).toFixed(digits), x, 10);
  }

  /** @param {keyof Point} name */
  #most(name) {
    return Math.max(0, ...this.#points.map((point) => point[name] ?? 0));
  }

  #spoken() {
    /** @param {keyof Point} name */
    const range = (name) =>
      rangeText(
        this.#points.map((point) => point[name]).filter((value) => value !== null)
          .map((value) => Math.round(value)),
      );
    const [rate, age] = [range("rate"), range("age")];
    return rate === "" ? texts.chartEmpty : texts.chartSpoken(rate, age);
  }
}

/**
 * A line every quarter of a minute.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {{ width: number, colour: string }} look
 */
function drawGrid(context, { width, colour }) {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  for (let i = 0; i <= 4; i++) {
    const x = Math.min(width - 0.5, Math.round(width * i / 4) + 0.5);
    context.moveTo(x, TOP);
    context.lineTo(x, HEIGHT - BOTTOM);
  }
  context.moveTo(0, HEIGHT - BOTTOM + 0.5);
  context.lineTo(width, HEIGHT - BOTTOM + 0.5);
  context.stroke();
}

/**
 * Runs of values without gaps, each value with its index.
 *
 * @param {readonly (number | null)[]} values
 */
function runsOf(values) {
  /** @type {[number, number][][]} */
  const runs = [];
  for (const [i, value] of values.entries()) {
    if (value === null) continue;
    if (i === 0 || values[i - 1] === null) runs.push([]);
    runs.at(-1)?.push([i, value]);
  }
  return runs;
}

/**
 * The next higher of 1, 2, 5, 10, 20, 50, …; at least 5.
 *
 * @param {number} value
 */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return Math.max(5, power * ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10));
}

/** @param {number[]} values */
function rangeText(values) {
  if (values.length === 0) return "";
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? String(least) : `${least}–${most}`;
}
