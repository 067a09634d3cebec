import { element, within } from "../../element/dom.js";
import { keepInAddress } from "../address.js";
import { menuRow } from "./rows.js";
import { texts } from "../texts/texts.js";

/** @import { FormatWish } from "../../element/format_choice.js" */

const WISHES = /** @type {const} */ (["auto", "jpeg", "h264"]);

/**
 * Chooses JPEG or H.264, or leaves the choice to the page. The choice is kept in the page's
 * address.
 */
export class FormatMenu {
  /** @type {FormatWish} */
  wish = "auto";
  #row;

  /** @param {{ onChange: () => void }} options */
  constructor({ onChange }) {
    this.#row = menuRow("own-format", {
      name: texts.format,
      choices: WISHES.map((value) => ({ value, label: texts.formats[value] ?? value })),
      onInput: (value) => {
        this.wish = WISHES.find((each) => each === value) ?? "auto";
        keepInAddress({ format: this.wish === "auto" ? null : this.wish });
        onChange();
      },
    });
    this.#row.show(this.wish, false);
    within(element("own"), ".rows").append(this.#row.element);
  }

  /** @param {URLSearchParams} query */
  read(query) {
    this.wish = WISHES.find((each) => each === query.get("format")) ?? this.wish;
    this.#row.show(this.wish, false);
  }
}
