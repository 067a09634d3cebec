import { element } from "./dom.js";
import { switchRow } from "./rows.js";
import { texts } from "./texts.js";

const PREFERENCES_KEY = "wscam.preferences";

/**
 * What somebody likes the page to do, kept in the browser.
 *
 * @typedef {object} PreferenceValues
 * @property {boolean} keys whether single letters are commands
 */

/** The switches for it. Options: `onChange`. */
export class Preferences {
  /** @type {Readonly<PreferenceValues>} */
  values = { keys: true, ...readStored() };

  /** @param {{ onChange: () => void }} options */
  constructor({ onChange }) {
    const rows = [{ name: /** @type {const} */ ("keys"), text: texts.keys }].map(
      ({ name, text }) => {
        const row = switchRow(`prefer-${name}`, {
          name: text,
          onInput: (value) => {
            this.values = { ...this.values, [name]: value };
            store(this.values);
            onChange();
          },
        });
        row.show(this.values[name], false);
        return row.element;
      },
    );
    element("preferences").querySelector(".rows")?.append(...rows);
  }
}

/** @returns {Partial<PreferenceValues>} */
function readStored() {
  try {
    const stored = JSON.parse(localStorage.getItem(PREFERENCES_KEY) ?? "{}");
    const known = Object.entries(stored).filter(([, value]) => typeof value === "boolean");
    return Object.fromEntries(known);
  } catch {
    // Storage may be switched off, or hold something else.
    return {};
  }
}

/** @param {PreferenceValues} values */
function store(values) {
  try {
    localStorage.setItem(PREFERENCES_KEY, JSON.stringify(values));
  } catch {
    // Storage may be switched off or full.
  }
}
