/**
 * The element with an id, which must be there.
 *
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @param {new () => T} [kind]
 * @returns {T}
 */
export function element(id, kind) {
  return kindOf(document.getElementById(id), kind);
}

/**
 * The first element within another that a selector finds, which must be there.
 *
 * @template {HTMLElement} [T=HTMLElement]
 * @param {ParentNode} parent
 * @param {string} selector
 * @param {new () => T} [kind]
 * @returns {T}
 */
export function within(parent, selector, kind) {
  return kindOf(parent.querySelector(selector), kind);
}

/**
 * @template {HTMLElement} T
 * @param {Element | null} found
 * @param {new () => T} [kind]
 * @returns {T}
 */
function kindOf(found, kind = /** @type {new () => T} */ (HTMLElement)) {
  if (found instanceof kind) return found;
  throw new TypeError("Cannot find an element of the page");
}

/**
 * Writes a text where another stood: a screen reader is told of nothing that stays as it is.
 *
 * @param {HTMLElement} target
 * @param {string} text
 */
export function write(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/**
 * Names a button, for the eye and for a screen reader.
 *
 * @param {HTMLElement} target
 * @param {string} text
 */
export function label(target, text) {
  if (target.title === text) return;
  target.title = text;
  target.setAttribute("aria-label", text);
}

/**
 * A new element with properties and children.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Partial<Record<keyof HTMLElementTagNameMap[K], unknown>>} [properties]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function create(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
