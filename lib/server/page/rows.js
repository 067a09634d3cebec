import { create, label } from "./dom.js";
import { texts } from "./texts.js";

/**
 * A row with a slider over numbers.
 *
 * @param id makes its parts known to each other
 * @param options `name` in words; `steps`, or `min`, `max` and `step`; `text(value)`; `rest`, where the thumb is while
 * nothing is chosen: then there is a button for that; `onInput(value)`, null for nothing chosen
 * @returns its `element`, and `show(value, isDisabled, automatic)`: the last is what nothing chosen comes to
 */
export function sliderRow(id, { name, steps, min, max, step = 1, text, rest, onInput }) {
  const bounds = steps === undefined
    ? { min, max, step }
    : { min: 0, max: steps.length - 1, step: 1 };
  const input = create("input", { id, type: "range", ...bounds });
  const output = create("output", {});
  output.htmlFor.add(id);
  const auto = create("button", { type: "button", className: "auto", textContent: texts.auto });
  auto.setAttribute("aria-label", texts.autoTitle(name));
  auto.hidden = rest === undefined;
  const shown = (value, automatic = null) => {
    const isAuto = value === null && rest !== undefined;
    const at = isAuto ? automatic ?? rest : value;
    input.value = String(steps === undefined ? at : nearest(steps, at));
    input.classList.toggle("idle", isAuto);
    auto.setAttribute("aria-pressed", String(isAuto));
    output.textContent = isAuto ? (automatic === null ? "" : text(automatic)) : text(value);
    input.setAttribute("aria-valuetext", isAuto ? texts.auto : text(value));
  };
  input.addEventListener("input", () => {
    const value = steps === undefined ? Number(input.value) : steps[Number(input.value)];
    shown(value);
    onInput(value);
  });
  auto.addEventListener("click", () => {
    shown(null);
    onInput(null);
  });
  const element = rowOf(id, name, [output, auto], input);
  return {
    element,
    show(value, isDisabled, automatic) {
      shown(value, automatic);
      input.disabled = auto.disabled = isDisabled;
    },
  };
}

/** A row with a menu; `choices` are { value, label }, and any value of JSON may be one. */
export function menuRow(id, { name, choices, onInput }) {
  const select = create("select", { id });
  const keys = choices.map(({ value }) => JSON.stringify(value));
  select.append(...choices.map((choice, i) => new Option(choice.label, String(i))));
  select.addEventListener("change", () => onInput(choices[select.selectedIndex].value));
  return {
    element: rowOf(id, name, [], select),
    show(value, isDisabled) {
      select.selectedIndex = keys.indexOf(JSON.stringify(value));
      select.disabled = isDisabled;
    },
  };
}

/** A row with a switch. */
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

/** A row with a number or a text to be typed. */
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

/** A small button at the end of a row's first line. */
export function addResetButton(row, { name, onClick }) {
  const button = create("button", { type: "button", className: "reset", textContent: "↺" });
  label(button, texts.reset(name));
  button.addEventListener("click", onClick);
  row.element.querySelector(".top").append(button);
  return button;
}

function rowOf(id, name, atEnd, ...below) {
  const caption = create("label", { htmlFor: id, textContent: name });
  const top = create("div", { className: "top" }, caption, ...atEnd);
  return create("div", { className: "row" }, top, ...below);
}

function nearest(steps, wanted) {
  const distances = steps.map((step) => Math.abs(step - wanted));
  return distances.indexOf(Math.min(...distances));
}
