import { element } from "../../element/dom.js";

/** The picture over the whole screen. Options: `onChange`. */
export class FullScreen {
  #onChange;

  /** @param {{ onChange: () => void }} options */
  constructor({ onChange }) {
    this.#onChange = onChange;
    element("fullscreen").addEventListener("click", () => this.toggle());
    document.addEventListener("fullscreenchange", () => {
      if (!document.fullscreenElement) this.#show(false);
    });
  }

  get isOn() {
    return document.body.classList.contains("full");
  }

  toggle() {
    const isOn = !this.isOn;
    this.#show(isOn);
    if (isOn) document.documentElement.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
  }

  /**
   * For iPhones, where pages can't go full screen, the layout fills the window.
   *
   * @param {boolean} isOn
   */
  #show(isOn) {
    document.body.classList.toggle("full", isOn);
    this.#onChange();
  }
}
