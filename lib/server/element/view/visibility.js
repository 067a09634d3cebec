/** A hidden page releases the camera after this. */
const PAUSE_AFTER_MS = 60_000;
/** A user who scrolls there finds a picture. */
const MARGIN = "100px";

/**
 * @typedef {object} VisibilityEvents
 * @property {() => void} onHide the page is not seen any more
 * @property {() => void} onShow it is seen again
 * @property {() => void} onChange whether the element is seen may be otherwise now
 */

/**
 * Tells whether an element is visible: scrolled into view, in a page that is visible or was a
 * moment ago.
 */
export class Visibility {
  #element;
  #events;
  #isOnScreen = true;
  /** @type {number | null} */
  #hiddenSince = null;
  #onScreen = new IntersectionObserver(
    (entries) => {
      this.#isOnScreen = entries.at(-1)?.isIntersecting ?? true;
      this.#events.onChange();
    },
    { rootMargin: MARGIN },
  );
  #look = () => {
    if (document.hidden) {
      this.#hiddenSince ??= performance.now();
      this.#events.onHide();
      return;
    }
    this.#hiddenSince = null;
    this.#events.onChange();
    this.#events.onShow();
  };

  /**
   * @param {Element} element
   * @param {VisibilityEvents} events
   */
  constructor(element, events) {
    this.#element = element;
    this.#events = events;
  }

  /** Whether nobody can see pictures: the element is scrolled away, or the page long hidden. */
  get isUnseen() {
    const hiddenMs = performance.now() - (this.#hiddenSince ?? Infinity);
    return hiddenMs > PAUSE_AFTER_MS || !this.#isOnScreen;
  }

  /** Tells from now on. */
  begin() {
    this.#onScreen.observe(this.#element);
    document.addEventListener("visibilitychange", this.#look);
    for (const name of ["pageshow", "online"]) addEventListener(name, this.#look);
  }

  /** Tells no more. */
  end() {
    this.#onScreen.disconnect();
    document.removeEventListener("visibilitychange", this.#look);
    for (const name of ["pageshow", "online"]) removeEventListener(name, this.#look);
  }

  /** To be called frequently: no event says that the page has been hidden for long. */
  tick() {
    if (this.#hiddenSince !== null) this.#events.onChange();
  }
}
