import { create, label, within } from "../../element/dom.js";
import { texts } from "../texts/texts.js";

/**
 * One setting in the panel.
 *
 * @typedef {object} Row
 * @property {HTMLElement} element
 * @property {(value: unknown, isDisabled: boolean, automatic?: unknown) => void} show `automatic` is the value in force while nothing is chosen
 */

/**
 * Options of a row with a slider.
 *
 * @typedef {object} SliderOptions
 * @property {string} name in words
 * @property {readonly number[]} [steps] the values; without them, those from `min` to `max`
 * @property {number} [min]
 * @property {number} [max]
 * @property {number} [step]
 * @property {(value: number) => string} text
 * @property {number} [rest] the place of the thumb while nothing is chosen; a row that has one has a button for it
 * @property {(value: number | null) => void} onInput null for nothing chosen
 */

/**
 * A row with a slider over numbers.
 *
 * @param {string} id makes its parts known to each other
 * @param {SliderOptions} options
 * @returns {Row}
 */
export function sliderRow(id, { name, steps, min, max, step = 1, text, rest, onInput }) {
  const bounds = steps === undefined
    ? { min, max, step }
    : { min: 0, max: steps.length - 1, step: 1 };
  const input = create("input", { id, type: "range", ...bounds });
  const output = create("output");
  output.htmlFor.add(id);
  const auto = create("button", { type: "button", className: "auto", textContent: texts.auto });
  auto.setAttribute("aria-label", texts.autoTitle(name));
  auto.hidden = rest === undefined;
  /** @type {(value: number | null, automatic?: number | null) => void} */
  const shown = (value, automatic = null) => {
    const isAuto = value === null && rest !== undefined;
    const at = value ?? automatic ?? rest ?? 0;
    input.value = String(steps === undefined ? at : nearest(steps, at));
    input.classList.toggle("idle", isAuto);
    auto.setAttribute("aria-pressed", String(isAuto));
    const known = isAuto ? automatic : value;
    output.textContent = known === null ? "" : text(known);
    input.setAttribute("aria-valuetext", isAuto ? texts.auto : text(at));
  };
  input.addEventListener("input", () => {
    const at = Number(input.value);
    const value = steps?.[at] ?? at;
    shown(value);
    onInput(value);
  });
  auto.addEventListener("click", () => {
    shown(null);
    onInput(null);
  });
  return {
    element: rowOf(id, name, [output, auto], input),
    show(value, isDisabled, automatic) {
      shown(numberOf(value), numberOf(automatic));
      input.disabled = auto.disabled = isDisabled;
    },
  };
}

/**
 * A row with a menu; any JSON value may be a choice.
 *
 * @param {string} id
 * @param {{ name: string, choices: readonly { value: unknown, label: string }[], onInput: (value: unknown) => void }} options
 * @returns {Row}
 */
export function menuRow(id, { name, choices, onInput }) {
  const select = create("select", { id });
  const keys = choices.map(({ value }) => JSON.stringify(value));
  select.append(...choices.map((choice, i) => new Option(choice.label, String(i))));
  select.addEventListener("change", () => onInput(choices[select.selectedIndex]?.value));
  return {
    element: rowOf(id, name, [], select),
    show(value, isDisabled) {
      select.selectedIndex = keys.indexOf(JSON.stringify(value));
      select.disabled = isDisabled;
    },
  };
}

/**
 * A row with a switch.
 *
 * @param {string} id
 * @param {{ name: string, onInput: (value: boolean) => void }} options
 * @returns {Row}
 */
export function switchRow(id, { name, onInput }) {
  const input = create("input", { id, type: "checkbox" });
  input.setAttribute("role", "switch");
  input.addEventListener("change", () => onInput(input.checked));
  const element = rowOf(id, name, [input]);
  element.classList.add("short");
  return {
    element,
    show(value, isDisabled) {
      input.checked = value === true || value === 1;
      input.disabled = isDisabled;
    },
  };
}

/**
 * A row with a button that acts at once.
 *
 * @param {string} id
 * @param {{ name: string, onInput: (value: true) => void }} options
 * @returns {Row}
 */
export function buttonRow(id, { name, onInput }) {
  const button = create("button", { id, type: "button", textContent: texts.press });
  button.addEventListener("click", () => onInput(true));
  const element = rowOf(id, name, [button]);
  element.classList.add("short");
  return { element, show: (_, isDisabled) => void (button.disabled = isDisabled) };
}

/**
 * A row with a field for a number or a text.
 *
 * @param {string} id
 * @param {{ name: string, type: "number" | "text", onInput: (value: unknown) => void }} options
 * @returns {Row}
 */
export function fieldRow(id, { name, type, onInput }) {
  const input = create("input", { id, type, step: "any", autocomplete: "off" });
  input.addEventListener(
    "change",
    () => onInput(type === "number" ? Number(input.value) : input.value),
  );
  return {
    element: rowOf(id, name, [], input),
    show(value, isDisabled) {
      if (document.activeElement !== input) input.value = String(value ?? "");
      input.disabled = isDisabled;
    },
  };
}

/**
 * Adds a small button at the end of a row's first line.
 *
 * @param {Row} row
 * @param {{ name: string, onClick: () => void }} options
 */
export function addResetButton(row, { name, onClick }) {
  const button = create("button", { type: "button", className: "reset", textContent: "↺" });
  label(button, texts.reset(name));
  button.addEventListener("click", onClick);
  within(row.element, ".top").append(button);
  return button;
}

/**
 * @param {string} id
 * @param {string} name
 * @param {HTMLElement[]} atEnd
 * @param {HTMLElement[]} below
 */
function rowOf(id, name, atEnd, ...below) {
  const caption = create("label", { htmlFor: id, textContent: name });
  const top = create("div", { className: "top" }, caption, ...atEnd);
  return create("div", { className: "row" }, top, ...below);
}

/** @param {unknown} value */
function numberOf(value) {
  return typeof value === "number" ? value : null;
}

/**
 * @param {readonly number[]} steps
 * @param {number} wanted
 */
function nearest(steps, wanted) {
  const distances = steps.map((step) => Math.abs(step - wanted));
  return distances.indexOf(Math.min(...distances));
}
