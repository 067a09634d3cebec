import { element, within } from "../../element/dom.js";
import { texts } from "../texts/texts.js";

/** Stands for all cameras, in the page's address and in the menu. */
export const ALL = "*";

/** The menu of a server's cameras, shown if there is a choice. Options: `onChoose(name)`. */
export class CameraMenu {
  #menu = element("camera", HTMLSelectElement);

  /** @param {{ onChoose: (name: string) => void }} options */
  constructor({ onChoose }) {
    this.#menu.addEventListener("change", () => onChoose(this.#menu.value));
  }

  /**
   * Lists cameras by name.
   *
   * @param {readonly string[]} names
   * @param {string} current
   */
  fill(names, current) {
    const options = names.map((name) => new Option(name, name));
    if (names.length > 1) options.push(new Option(texts.all, ALL));
    this.#menu.replaceChildren(...options);
    this.#menu.selectedIndex = options.findIndex(({ value }) => value === current);
    const isKnown = names.includes(current);
    within(document, ".menu").hidden = names.length === 0 || (names.length === 1 && isKnown);
  }
}
