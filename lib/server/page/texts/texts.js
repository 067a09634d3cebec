import { language } from "../../element/words/view_texts.js";
import { ENGLISH } from "./texts_en.js";
import { CHINESE } from "./texts_zh.js";

/** Every text of the page, in each of its languages. */
export const TEXTS = { "en": ENGLISH, "zh-CN": CHINESE };

/** The texts in the page's language. */
export const texts = TEXTS[language];

/** Writes the texts into the elements marked for them. */
export function translate() {
  document.documentElement.lang = language;
  for (const target of document.querySelectorAll("[data-text]")) {
    const text = textOf(target, "data-text");
    if (text !== "") target.textContent = text;
  }
  for (const target of document.querySelectorAll("[data-title]")) {
    target.setAttribute("title", textOf(target, "data-title"));
  }
  for (const target of document.querySelectorAll("[data-label]")) {
    target.setAttribute("aria-label", textOf(target, "data-label"));
  }
}

/**
 * @param {Element} target
 * @param {string} attribute
 */
function textOf(target, attribute) {
  const text = Object.entries(texts).find(([name]) => name === target.getAttribute(attribute))?.[1];
  return typeof text === "string" ? text : "";
}

/**
 * The name of a camera's setting: its V4L2 name if the page has no other.
 *
 * @param {string} name
 */
export function controlName(name) {
  const known = wordIn(texts.controls, name);
  if (known !== undefined) return known;
  const words = name.replaceAll("_", " ").replace(/ absolute$/, "");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * The name of a setting's value: the server's or the driver's word if the page has no other.
 *
 * @param {string} label
 */
export function choiceName(label) {
  return wordIn(texts.choices, label) ?? label;
}

/**
 * @param {Readonly<Record<string, string>>} words
 * @param {string} name
 */
function wordIn(words, name) {
  return Object.hasOwn(words, name) ? words[name] : undefined;
}
