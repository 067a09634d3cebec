/**
 * The element with an id, which must exist.
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
 * The first element within another that matches a selector, which must exist.
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
 * Sets an element's text, only if it changes: screen readers announce every assignment.
 *
 * @param {HTMLElement} target
 * @param {string} text
 */
export function write(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/**
 * Sets a button's name, both visible and for screen readers.
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
 * Creates an element with properties and children.
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
