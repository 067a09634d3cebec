import { keepInAddress } from "./address.js";
import { element, write } from "./dom.js";
import { sliderRow } from "./rows.js";
import { texts } from "./texts.js";

const CONFIGURE_AFTER_MS = 150;
/** Few steps: viewers with the same settings share one encoding. */
const ROWS = {
  fps: {
    ...{ name: texts.ownFps, text: texts.fpsValue, rest: 120 },
    steps: [0.2, 0.5, 1, 2, 3, 5, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 90, 120],
  },
  quality: {
    ...{ name: texts.ownQuality, text: String, rest: 80 },
    steps: [5, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 95, 100],
  },
  width: {
    ...{ name: texts.ownWidth, text: texts.widthValue, rest: 3840 },
    steps: [160, 240, 320, 480, 640, 800, 960, 1280, 1600, 1920, 2560, 3840],
  },
};
const RANGES = { fps: [0.1, 120], quality: [0, 100], width: [16, 8192] };
const NAMES = Object.keys(ROWS);

/**
 * What this viewer alone gets: fewer, smaller or plainer pictures. It stands in the page's address.
 *
 * Options: `send(settings)` resolves to what is in force then, or to nothing where nobody was asked.
 */
export class OwnSettings {
  /** Each a number, or null for the camera's own. */
  values = { fps: null, quality: null, width: null };
  /** What the server has agreed to last. */
  #agreed = this.values;
  #rows = {};
  #send;
  #isUnknown = false;
  #timer = 0;
  #run = 0;

  constructor({ send }) {
    this.#send = send;
    for (const name of NAMES) {
      this.#rows[name] = sliderRow(`own-${name}`, {
        ...ROWS[name],
        onInput: (value) => this.#change(name, value),
      });
    }
    element("own").querySelector(".rows").append(...NAMES.map((name) => this.#rows[name].element));
    this.show();
  }

  /** Takes what stands in a query; what makes no sense there is left out. Returns whether there was anything. */
  read(query) {
    const found = NAMES.filter((name) => query.has(name));
    for (const name of found) {
      this.values = { ...this.values, [name]: readNumber(name, query.get(name)) };
    }
    this.#agreed = this.values;
    this.show();
    return found.length > 0;
  }

  /** The server has been told in its address what they were when that was made: it may be otherwise by now. */
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

  /** Shows them; a server that knows no settings is said to be one. */
  show(isUnknown = this.#isUnknown) {
    this.#isUnknown = isUnknown;
    for (const name of NAMES) this.#rows[name].show(this.values[name], isUnknown);
    const trouble = element("own").querySelector(".trouble");
    if (isUnknown) write(trouble, texts.ownUnknown);
    else if (trouble.textContent === texts.ownUnknown) write(trouble, "");
  }

  #change(name, value) {
    this.values = { ...this.values, [name]: value };
    // What is answered to the change before is not what is wanted any more.
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
    } catch ({ message }) {
      if (run !== this.#run) return;
      // Without words the connection was lost: the next one asks for it in its address.
      if (message !== "") this.values = this.#agreed;
      trouble = message;
    }
    write(element("own").querySelector(".trouble"), trouble);
    this.show();
    this.keep();
  }
}

function pick(answer) {
  return Object.fromEntries(
    NAMES.map((name) => [name, Number.isFinite(answer[name]) ? answer[name] : null]),
  );
}

function readNumber(name, text) {
  const [least, most] = RANGES[name];
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : NaN;
  const isWhole = name === "fps" || Number.isInteger(value);
  return isWhole && value >= least && value <= most ? value : null;
}
