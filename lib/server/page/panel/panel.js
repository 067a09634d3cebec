import { element } from "../../element/dom.js";

/** The panel of settings. Options: `onOpen`. */
export class Panel {
  #element = element("panel");
  #onOpen;

  /** @param {{ onOpen: () => void }} options */
  constructor({ onOpen }) {
    this.#onOpen = onOpen;
    for (const id of ["settings", "close"]) {
      element(id).addEventListener("click", () => this.toggle());
    }
  }

  get isOpen() {
    return !this.#element.hidden;
  }

  toggle() {
    const opens = !this.isOpen;
    this.#element.hidden = !opens;
    document.body.classList.toggle("paneled", opens);
    element("settings").setAttribute("aria-expanded", String(opens));
    if (opens) {
      element("close").focus({ preventScroll: true });
      this.#onOpen();
    } else element("settings").focus();
  }
}
