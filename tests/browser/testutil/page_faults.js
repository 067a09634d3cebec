/**
 * The faults of the page's looks, found in the page itself: elements that stick out of the window, texts that are cut,
 * and controls or texts that lie on each other.
 */
(() => {
  const PARTS =
    "button, input, select, label, .brand span, h1, h2, h3, p, dt, dd, time, output, a, " +
    "#state, .badge, .caption b, .words b, .words span";

  /**
   * @typedef {object} Part
   * @property {string} name
   * @property {HTMLElement} element
   * @property {DOMRect} box
   */

  /** @type {string[]} */
  const faults = [];
  const { clientWidth, clientHeight, scrollWidth } = document.documentElement;
  const panel = document.getElementById("panel");
  if (scrollWidth > clientWidth) faults.push("the page scrolls sideways");

  /** @param {HTMLElement} element */
  function nameOf(element) {
    const text = element.textContent?.trim().slice(0, 30) ?? "";
    const { id, className } = element;
    return `${element.localName}${id ? `#${id}` : className ? `.${className}` : ""} '${text}'`;
  }

  /** @param {HTMLElement} element */
  function isShown(element) {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return false;
    for (let each = /** @type {Element | null} */ (element); each; each = parentOf(each)) {
      if (getComputedStyle(each).clipPath !== "none") return false;
    }
    return true;
  }

  /**
   * The place of a text itself: its element may be wider.
   *
   * @param {HTMLElement} element
   */
  function boxOf(element) {
    if (element.matches("input[type=range]")) {
      // Fingers need more room than the eye.
      const { x, y, width, height } = element.getBoundingClientRect();
      return new DOMRect(x, y + height / 3, width, height / 3);
    }
    const isShortened = getComputedStyle(element).textOverflow === "ellipsis";
    if (isShortened || element.matches("button, input, select, .badge, time")) {
      return element.getBoundingClientRect();
    }
    const range = document.createRange();
    range.selectNodeContents(element);
    return range.getBoundingClientRect();
  }

  /**
   * The parent of an element, in shadows as well.
   *
   * @param {Element} element
   * @returns {Element | null}
   */
  function parentOf(element) {
    const root = element.getRootNode();
    const host = root instanceof ShadowRoot ? root.host : null;
    return element.assignedSlot ?? element.parentElement ?? host;
  }

  /**
   * Every element that a selector finds, in shadows as well.
   *
   * @param {ParentNode} root
   * @returns {Element[]}
   */
  function findParts(root) {
    const shadows = Array.from(root.querySelectorAll("*"), ({ shadowRoot }) => shadowRoot);
    return [
      ...root.querySelectorAll(PARTS),
      ...shadows.filter((each) => each !== null).flatMap(findParts),
    ];
  }

  /** @returns {Part[]} */
  function partsSeen() {
    const found = findParts(document)
      .filter((element) => element instanceof HTMLElement)
      .filter((element) => !element.matches(":has(> select, > input)") && isShown(element));
    return found.map((element) => ({ name: nameOf(element), element, box: boxOf(element) }))
      .filter(({ box: { width, height } }) => width > 1 && height > 1);
  }

  /**
   * The scrollers around an element, the nearest first.
   *
   * @param {HTMLElement} element
   */
  function scrollersOf(element) {
    /** @type {DOMRect[]} */
    const found = [];
    for (let each = parentOf(element); each !== null; each = parentOf(each)) {
      if (/auto|scroll/.test(getComputedStyle(each).overflowY)) {
        found.push(each.getBoundingClientRect());
      }
    }
    return found;
  }

  /** @param {HTMLElement} element */
  function isCut(element) {
    const { overflowX, overflowY, textOverflow } = getComputedStyle(element);
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = element;
    if (textOverflow === "ellipsis" || element.matches("input, select")) return false;
    return (overflowX !== "visible" && scrollWidth > clientWidth + 1) ||
      (overflowY === "hidden" && scrollHeight > clientHeight + 1);
  }

  /**
   * Elements that are scrolled away, or lie under a sheet of settings, are so by design.
   *
   * @param {Part} part
   */
  function isAway({ element, box }) {
    const y = box.y + box.height / 2;
    if (scrollersOf(element).some(({ top, bottom }) => y < top || y > bottom)) return true;
    if (panel === null || panel.hidden || panel.contains(element)) return false;
    const cover = panel.getBoundingClientRect();
    return box.right > cover.left && box.left < cover.right && box.bottom > cover.top &&
      box.top < cover.bottom;
  }

  /**
   * Whether an element is another, or lies in it.
   *
   * @param {Element} element
   * @param {Element} other
   */
  function isWithin(element, other) {
    for (let each = /** @type {Element | null} */ (element); each; each = parentOf(each)) {
      if (each === other) return true;
    }
    return false;
  }

  /**
   * The element that is seen at a point, in shadows as well.
   *
   * @param {number} x
   * @param {number} y
   */
  function elementAt(x, y) {
    let hit = document.elementFromPoint(x, y);
    for (let root = hit?.shadowRoot; root;) {
      const inner = root.elementFromPoint(x, y);
      if (inner === null || inner === hit) break;
      hit = inner;
      root = inner.shadowRoot;
    }
    return hit;
  }

  /** @param {Part} part */
  function check({ name, element, box }) {
    if (box.left < -1 || box.right > clientWidth + 1) faults.push(`${name} sticks out sideways`);
    const isFree = scrollersOf(element).length === 0;
    if (isFree && (box.top < -1 || box.bottom > clientHeight + 1)) {
      faults.push(`${name} sticks out`);
    }
    if (isCut(element)) faults.push(`${name} is cut`);
    const bar = element.closest("header, footer")?.getBoundingClientRect();
    if (bar !== undefined && (box.left < bar.left || box.right > bar.right)) {
      faults.push(`${name} sticks out of its bar`);
    }
    const hit = elementAt(box.x + box.width / 2, box.y + box.height / 2);
    if (hit === null || isWithin(element, hit) || isWithin(hit, element)) return;
    if (hit instanceof HTMLElement && !hit.matches("label")) {
      faults.push(`${name} is covered by ${nameOf(hit)}`);
    }
  }

  /**
   * How much of a part is not scrolled away.
   *
   * @param {Part} part
   */
  function seenOf({ element, box: { left, right, top, bottom } }) {
    const rooms = scrollersOf(element);
    return {
      left,
      right,
      top: Math.max(top, ...rooms.map((room) => room.top)),
      bottom: Math.min(bottom, ...rooms.map((room) => room.bottom)),
    };
  }

  /**
   * @param {Part} one
   * @param {Part} other
   */
  function overlap(one, other) {
    if (isWithin(one.element, other.element) || isWithin(other.element, one.element)) return false;
    const [a, b] = [seenOf(one), seenOf(other)];
    const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    return width > 2 && height > 2;
  }

  /**
   * An element that moves with another scroller passes below by design.
   *
   * @param {HTMLElement} element
   */
  function isSticky(element) {
    return element.closest(".heading") !== null;
  }

  const parts = partsSeen().filter((part) => !isAway(part));
  const steady = parts.filter(({ element }) =>
    panel === null || !panel.contains(element) || isSticky(element)
  );
  for (const part of steady) check(part);
  for (const [i, one] of parts.entries()) {
    for (const other of parts.slice(i + 1)) {
      if (isSticky(one.element) !== isSticky(other.element)) continue;
      if (overlap(one, other)) faults.push(`${one.name} lies on ${other.name}`);
    }
  }
  return faults;
})();
