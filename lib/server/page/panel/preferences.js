import { element, within } from "../../element/dom.js";
import { switchRow } from "./rows.js";
import { texts } from "../texts/texts.js";

/** @import { Row } from "./rows.js" */

const PREFERENCES_KEY = "wscam.preferences";

/**
 * A user's preferences, kept in the browser.
 *
 * @typedef {object} PreferenceValues
 * @property {boolean} keys whether single letters are commands
 * @property {boolean} annotations whether annotations are drawn
 * @property {boolean} time whether the picture's time stands on it
 */

/** The switches for it. */
export class Preferences {
  /** @type {Readonly<PreferenceValues>} */
  values = { annotations: true, keys: true, time: false, ...readStored() };
  #onChange;
  /** @type {Map<keyof PreferenceValues, Row>} */
  #rows = new Map();

  /** @param {{ onChange: () => void }} options */
  constructor({ onChange }) {
    this.#onChange = onChange;
    for (const name of /** @type {const} */ (["annotations", "time", "keys"])) {
      const row = switchRow(`prefer-${name}`, {
        name: texts[name],
        onInput: (value) => this.#set(name, value),
      });
      row.show(this.values[name], false);
      this.#rows.set(name, row);
      within(element("preferences"), ".rows").append(row.element);
    }
  }

  /** @param {keyof PreferenceValues} name */
  toggle(name) {
    this.#set(name, !this.values[name]);
    this.#rows.get(name)?.show(this.values[name], false);
  }

  /**
   * @param {keyof PreferenceValues} name
   * @param {boolean} value
   */
  #set(name, value) {
    this.values = { ...this.values, [name]: value };
    store(this.values);
    this.#onChange();
  }
}

/** @returns {Partial<PreferenceValues>} */
function readStored() {
  try {
    const stored = JSON.parse(localStorage.getItem(PREFERENCES_KEY) ?? "{}");
    const known = Object.entries(stored).filter(([, value]) => typeof value === "boolean");
    return Object.fromEntries(known);
  } catch {
    // Storage may be disabled, or contain something else.
    return {};
  }
}

/** @param {PreferenceValues} values */
function store(values) {
  try {
    localStorage.setItem(PREFERENCES_KEY, JSON.stringify(values));
  } catch {
    // Storage may be disabled or full.
  }
}
