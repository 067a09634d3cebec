import { create, element, write } from "./dom.js";
import { addResetButton, fieldRow, menuRow, sliderRow, switchRow } from "./rows.js";
import { controlName, texts } from "./texts.js";

const CONTROL_AFTER_MS = 200;
const MOST_CONTROLS = 100;
const MOST_CHOICES = 500;
const LONGEST_TEXT = 300;

/**
 * What can be set of the camera itself, for everybody. It is there where the server lets us.
 *
 * Options: `ask(command)` resolves to the server's answer, or rejects with its words.
 */
export class RemoteControl {
  #ask;
  #section = element("remote");
  #camera = null;
  #controls = {};
  #rows = {};
  /** Which rows there are, as one text: they are made anew only when that changes. */
  #shape = "";
  #changed = {};
  #timer = 0;

  constructor({ ask }) {
    this.#ask = ask;
  }

  /** Another camera, another server, or none. */
  forget() {
    clearTimeout(this.#timer);
    this.#camera = null;
    this.#changed = {};
    this.#section.hidden = true;
    this.#say("");
  }

  /** Asks what there is to set. */
  async list(camera) {
    if (camera !== this.#camera) this.forget();
    this.#camera = camera;
    try {
      const answer = await this.#ask({ type: "control", camera });
      if (camera !== this.#camera || Object.keys(this.#changed).length > 0) return;
      this.#show(answer);
    } catch ({ message }) {
      if (camera !== this.#camera) return;
      this.#refuse(message);
    }
  }

  /** A server that does not know the command has no such section; one that forbids it says so. */
  #refuse(message) {
    const isUnknown = message === "" || message.includes("'type'");
    this.#section.hidden = isUnknown;
    if (isUnknown) return;
    this.#fill({});
    this.#say(message);
  }

  #show({ controls }) {
    const valid = controls !== null && typeof controls === "object";
    this.#fill(valid ? controls : {});
    this.#section.hidden = Object.keys(this.#controls).length === 0;
  }

  #fill(controls) {
    const list = Object.entries(controls).filter(([, each]) => isControl(each)).slice(
      0,
      MOST_CONTROLS,
    );
    this.#controls = Object.fromEntries(list);
    const shape = JSON.stringify(
      list.map(([name, { type, min, max, step, choices, automatic }]) => [
        ...[name, type, min, max, step, choices, automatic],
      ]),
    );
    if (shape !== this.#shape) this.#build(list);
    this.#shape = shape;
    write(element("remoteTitle"), texts.remote(this.#camera));
    this.#refresh();
  }

  #build(list) {
    this.#rows = {};
    for (const [name, control] of list) {
      const row = rowFor(name, control, (value) => this.#change(name, value));
      const onClick = () => this.#change(name, this.#controls[name].default);
      row.reset = addResetButton(row, { name: controlName(name), onClick });
      this.#rows[name] = row;
    }
    const rows = Object.values(this.#rows).map(({ element }) => element);
    this.#section.querySelector(".rows").replaceChildren(...rows);
  }

  #refresh() {
    for (const [name, row] of Object.entries(this.#rows)) {
      const control = this.#controls[name];
      const isOff = control.inactive === true;
      row.show(control.value, isOff, control.automatic);
      if (row.note !== undefined) write(row.note, qualityNote(control));
      const isReset = control.default === undefined || control.default === null ||
        control.automatic !== undefined ||
        JSON.stringify(control.default) === JSON.stringify(control.value);
      row.reset.hidden = isReset || isOff;
    }
  }

  #change(name, value) {
    this.#controls[name] = { ...this.#controls[name], value };
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
    } catch ({ message }) {
      this.#say(message);
    }
    // One setting may switch another on or off, or bound it.
    if (camera === this.#camera && Object.keys(this.#changed).length === 0) this.list(camera);
  }

  #say(words) {
    write(this.#section.querySelector(".trouble"), words.slice(0, LONGEST_TEXT));
  }
}

function isControl(control) {
  return control !== null && typeof control === "object" && "value" in control;
}

function rowFor(id, { type, min, max, step, choices, automatic }, onInput) {
  const name = controlName(id);
  const key = `remote-${id}`;
  if (type === "boolean") return switchRow(key, { name, onInput });
  if (Array.isArray(choices)) {
    return menuRow(key, { name, choices: choices.slice(0, MOST_CHOICES).map(readChoice), onInput });
  }
  if (Number.isFinite(min) && Number.isFinite(max) && max > min) {
    // Where nothing may be chosen, there is a way back to that.
    const rest = automatic === undefined ? undefined : automatic ?? max;
    const bounds = { min, max, step: step > 0 ? step : 1 };
    const row = sliderRow(key, { ...bounds, name, text: String, rest, onInput });
    return id === "quality" ? withNote(row) : row;
  }
  return fieldRow(key, { name, type: type === "integer" ? "number" : "text", onInput });
}

function withNote(row) {
  const note = create("p", { className: "note" });
  row.element.append(note);
  return { ...row, note };
}

/** A quality of our own costs work for every picture from then on: that is said before and after. */
function qualityNote({ value, automatic }) {
  if (automatic === null) return texts.qualityUntouched;
  return value !== null && automatic !== undefined ? texts.qualityChosen : "";
}

/** Choices come as values with labels, or as plain values. */
function readChoice(choice) {
  const value = choice !== null && typeof choice === "object" ? choice.value : choice;
  const text = choice?.label ?? value;
  return { value, label: String(text ?? texts.auto).slice(0, LONGEST_TEXT) };
}
