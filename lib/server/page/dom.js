/** The element with an id. */
export function element(id) {
  return document.getElementById(id);
}

/** Writes a text where another stood: a screen reader is told of nothing that stays as it is. */
export function write(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** Names a button, for the eye and for a screen reader. */
export function label(target, text) {
  if (target.title === text) return;
  target.title = text;
  target.setAttribute("aria-label", text);
}

/** A new element with properties and children. */
export function create(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
