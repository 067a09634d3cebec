import { keepInAddress } from "../address.js";
import { element, within, write } from "../../element/dom.js";
import { isNumber } from "../../element/link/message.js";
import { CommandError } from "../../element/link/questions.js";
import { sliderRow } from "./rows.js";
import { language } from "../../element/words/view_texts.js";
import { texts } from "../texts/texts.js";

/** @import { Row } from "./rows.js" */

/**
 * Settings of this viewer alone: each a number, or null for the camera's own.
 *
 * @typedef {{ fps: number | null, quality: number | null, width: number | null }} Settings
 */

const CONFIGURE_AFTER_MS = 150;
/** Few steps: viewers with the same settings share one encoding. */
const ROWS = {
  fps: {
    name: texts.ownFps,
    text: texts.fpsValue,
    rest: 120,
    steps: [0.2, 0.5, 1, 2, 3, 5, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 90, 120],
  },
  quality: {
    name: texts.ownQuality,
    text: String,
    rest: 80,
    steps: [5, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 95, 100],
  },
  width: {
    name: texts.ownWidth,
    text: texts.widthValue,
    rest: 3840,
    steps: [160, 240, 320, 480, 640, 800, 960, 1280, 1600, 1920, 2560, 3840],
  },
};
const RANGES = {
  fps: { least: 0.1, most: 120 },
  quality: { least: 0, most: 100 },
  width: { least: 16, most: 8192 },
};
const NAMES = /** @type {const} */ (["fps", "quality", "width"]);
/** @type {Settings} */
const UNLIMITED = { fps: null, quality: null, width: null };

/**
 * Settings of this viewer alone: fewer, smaller or coarser pictures. They are kept in the page's
 * address.
 */
export class OwnSettings {
  values = UNLIMITED;
  /** The values that the server last agreed to. */
  #agreed = this.values;
  /** @type {Map<keyof Settings, Row>} */
  #rows = new Map();
  #trouble = within(element("own"), ".trouble");
  #send;
  #isUnknown = false;
  #timer = 0;
  #run = 0;

  /**
   * @param {{ send: (settings: Settings) => Promise<Readonly<Record<string, unknown>> | null> }} options `send` resolves to
   *   what is in force then, or to nothing where nobody was asked
   */
  constructor({ send }) {
    this.#send = send;
    for (const name of NAMES) {
      const row = sliderRow(`own-${name}`, {
        ...ROWS[name],
        onInput: (value) => this.#change(name, value),
      });
      this.#rows.set(name, row);
      within(element("own"), ".rows").append(row.element);
    }
    this.show();
  }

  /**
   * Reads settings from a query; invalid ones are ignored. Returns whether there were any.
   *
   * @param {URLSearchParams} query
   */
  read(query) {
    const found = NAMES.filter((name) => query.has(name));
    for (const name of found) {
      this.values = { ...this.values, [name]: readNumber(name, query.get(name) ?? "") };
    }
    this.#agreed = this.values;
    this.show();
    return found.length > 0;
  }

  /**
   * The address of a new connection tells the server the settings of that time: they may have
   * changed since.
   *
   * @param {Settings | null} told
   */
  confirm(told) {
    if (JSON.stringify(told) !== JSON.stringify(this.values)) this.#apply();
  }

  /** Writes them to the page's address. */
  keep() {
    keepInAddress(this.values);
  }

  /** Whether the server knows no settings. */
  get isUnknown() {
    return this.#isUnknown;
  }

  /** Shows them, or says that the server knows no settings. */
  show(isUnknown = this.#isUnknown) {
    this.#isUnknown = isUnknown;
    for (const [name, row] of this.#rows) row.show(this.values[name], isUnknown);
    if (isUnknown) write(this.#trouble, texts.ownUnknown);
    else if (this.#trouble.textContent === texts.ownUnknown) write(this.#trouble, "");
  }

  /**
   * @param {keyof Settings} name
   * @param {number | null} value
   */
  #change(name, value) {
    this.values = { ...this.values, [name]: value };
    // An answer to an earlier change is obsolete.
    this.#run++;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#apply(), CONFIGURE_AFTER_MS);
  }

  async #apply() {
    const run = ++this.#run;
    let trouble = "";
    try {
      const agreed = await this.#send(this.values);
      if (run !== this.#run) return;
      if (agreed) this.values = pick(agreed);
      this.#agreed = this.values;
    } catch (error) {
      if (run !== this.#run) return;
      const words = error instanceof CommandError ? error.message : "";
      // Without words, the connection was lost: the next one's address contains the setting.
      if (words !== "") this.values = this.#agreed;
      trouble = words !== "" && language !== "en" ? texts.ownRefused : words;
    }
    write(this.#trouble, trouble);
    this.show();
    this.keep();
  }
}

/**
 * @param {Readonly<Record<string, unknown>>} answer
 * @returns {Settings}
 */
function pick({ fps, quality, width }) {
  return {
    fps: isNumber(fps) ? fps : null,
    quality: isNumber(quality) ? quality : null,
    width: isNumber(width) ? width : null,
  };
}

/**
 * @param {keyof Settings} name
 * @param {string} text
 */
function readNumber(name, text) {
  const { least, most } = RANGES[name];
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : NaN;
  const isWhole = name === "fps" || Number.isInteger(value);
  return isWhole && value >= least && value <= most ? value : null;
}
