import { create, element, within, write } from "../../element/dom.js";
import { isNumber } from "../../element/link/message.js";
import { CommandError } from "../../element/link/questions.js";
import { addResetButton, buttonRow, fieldRow, menuRow, sliderRow, switchRow } from "./rows.js";
import { failureWords } from "../../element/words/failure_texts.js";
import { language } from "../../element/words/view_texts.js";
import { choiceName, controlName, texts } from "../texts/texts.js";

/** @import { Answer } from "../../element/link/questions.js" */
/** @import { Row } from "./rows.js" */

/**
 * A control of a camera, as a server lists it.
 *
 * @typedef {Readonly<Record<string, unknown>>} Control
 */

const CONTROL_AFTER_MS = 200;
const MOST_CONTROLS = 100;
const MOST_CHOICES = 500;
const LONGEST_TEXT = 300;

/** The settings of the camera itself, for everyone, shown if the server allows it. */
export class RemoteControl {
  #ask;
  #section = element("remote");
  /** @type {string | null} */
  #camera = null;
  /** @type {Map<string, Control>} */
  #controls = new Map();
  /** @type {Map<string, { row: Row, reset: HTMLElement, note: HTMLElement }>} */
  #rows = new Map();
  /** The current rows as one text: they are rebuilt only when it changes. */
  #shape = "";
  /** @type {Record<string, unknown>} */
  #changed = {};
  #timer = 0;

  /** @param {{ ask: (command: object) => Promise<Answer> }} options */
  constructor({ ask }) {
    this.#ask = ask;
  }

  /** There is another camera, another server, or none. */
  forget() {
    clearTimeout(this.#timer);
    this.#camera = null;
    this.#changed = {};
    this.#section.hidden = true;
    this.#say("");
  }

  /**
   * Asks what can be set.
   *
   * @param {string} camera
   */
  async list(camera) {
    if (camera !== this.#camera) this.forget();
    this.#camera = camera;
    try {
      const { controls } = await this.#ask({ type: "control", camera });
      if (camera !== this.#camera || Object.keys(this.#changed).length > 0) return;
      this.#fill(Object(controls));
      this.#section.hidden = this.#controls.size === 0;
    } catch (error) {
      if (camera === this.#camera) this.#refuse(error);
    }
  }

  /**
   * For a server that does not know the command, there is no such section; for one that forbids it,
   * the section says so.
   *
   * @param {unknown} error
   */
  #refuse(error) {
    const words = error instanceof CommandError ? error.message : "";
    this.#section.hidden = words === "" || words.includes("'type'");
    if (this.#section.hidden) return;
    this.#fill({});
    this.#say(this.#wordsFor(error, texts.remoteForbidden));
  }

  /** @param {Readonly<Record<string, unknown>>} controls */
  #fill(controls) {
    const list = Object.entries(controls).map((
      [name, each],
    ) => /** @type {[string, Control]} */ ([name, Object(each)])).filter(([, each]) =>
      "value" in each
    ).slice(0, MOST_CONTROLS);
    this.#controls = new Map(list);
    const shape = JSON.stringify(
      list.map(([name, { type, min, max, step, choices, automatic }]) => [
        name,
        type,
        min,
        max,
        step,
        choices,
        automatic,
      ]),
    );
    if (shape !== this.#shape) this.#build(list);
    this.#shape = shape;
    write(element("remoteTitle"), texts.remote(this.#camera ?? ""));
    this.#refresh();
  }

  /** @param {readonly [string, Control][]} list */
  #build(list) {
    this.#rows = new Map();
    for (const [name, control] of list) {
      const row = rowFor(name, control, (value) => this.#change(name, value));
      const reset = addResetButton(row, {
        name: controlName(name),
        onClick: () => this.#change(name, this.#controls.get(name)?.["default"]),
      });
      const note = create("p", { className: "note" });
      row.element.append(note);
      this.#rows.set(name, { row, reset, note });
    }
    const rows = Array.from(this.#rows.values(), ({ row }) => row.element);
    within(this.#section, ".rows").replaceChildren(...rows);
  }

  #refresh() {
    for (const [name, { row, reset, note }] of this.#rows) {
      const control = this.#controls.get(name) ?? {};
      const { value, automatic, default: usual } = control;
      const isOff = control["inactive"] === true;
      row.show(value, isOff, automatic);
      const isReset = usual === undefined || usual === null || automatic !== undefined ||
        JSON.stringify(usual) === JSON.stringify(value);
      reset.hidden = isReset || isOff;
      write(note, name === "quality" ? qualityNote(control) : "");
    }
  }

  /**
   * @param {string} name
   * @param {unknown} value
   */
  #change(name, value) {
    this.#controls.set(name, { ...this.#controls.get(name), value });
    this.#changed[name] = value;
    this.#refresh();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#send(), CONTROL_AFTER_MS);
  }

  async #send() {
    const camera = this.#camera;
    const set = this.#changed;
    this.#changed = {};
    try {
      await this.#ask({ type: "control", camera, set });
      this.#say("");
    } catch (error) {
      this.#say(this.#wordsFor(error, texts.remoteRefused));
    }
    // One setting may enable, disable or limit another.
    if (camera !== null && camera === this.#camera && Object.keys(this.#changed).length === 0) {
      this.list(camera);
    }
  }

  /**
   * The server speaks English: other languages have texts for its codes, or else for the attempted
   * action.
   *
   * @param {unknown} error
   * @param {string} otherwise
   */
  #wordsFor(error, otherwise) {
    if (!(error instanceof CommandError) || error.message === "") return "";
    if (language === "en") return error.message;
    if (error.code === "" || error.code === "refused") return otherwise;
    return failureWords(language, { camera: this.#camera ?? "", code: error.code }).title;
  }

  /** @param {string} words */
  #say(words) {
    write(within(this.#section, ".trouble"), words.slice(0, LONGEST_TEXT));
  }
}

/**
 * @param {string} id
 * @param {Control} control
 * @param {(value: unknown) => void} onInput
 * @returns {Row}
 */
function rowFor(id, { type, min, max, step, choices, automatic }, onInput) {
  const name = controlName(id);
  const key = `remote-${id}`;
  if (type === "boolean") return switchRow(key, { name, onInput });
  if (type === "button") return buttonRow(key, { name, onInput });
  if (type === "string") return fieldRow(key, { name, type: "text", onInput });
  if (Array.isArray(choices)) {
    return menuRow(key, { name, choices: choices.slice(0, MOST_CHOICES).map(readChoice), onInput });
  }
  if (isNumber(min) && isNumber(max) && max > min) {
    const bounds = { min, max, step: isNumber(step) && step > 0 ? step : 1 };
    // If choosing nothing is allowed, there is a way back to that.
    const rest = automatic === undefined ? {} : { rest: isNumber(automatic) ? automatic : max };
    return sliderRow(key, { ...bounds, ...rest, name, text: String, onInput });
  }
  return fieldRow(key, { name, type: type === "integer" ? "number" : "text", onInput });
}

/**
 * Setting a quality costs work for every picture from then on: the row says so before and after.
 *
 * @param {Control} control
 */
function qualityNote({ value, automatic }) {
  if (automatic === undefined) return "";
  if (value !== null) return texts.qualityChosen;
  return automatic === null ? texts.qualityUntouched : "";
}

/**
 * Choices are values with labels, or plain values.
 *
 * @param {unknown} choice
 */
function readChoice(choice) {
  const isPlain = choice === null || typeof choice !== "object";
  const { value, label } = isPlain ? { value: choice, label: undefined } : Object(choice);
  const text = String(label ?? value ?? texts.auto);
  return { value, label: choiceName(text).slice(0, LONGEST_TEXT) };
}
