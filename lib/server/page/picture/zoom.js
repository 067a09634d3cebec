const MOST = 8;
/** A double tap zooms by this factor. */
const CLOSER = 2.5;
const WHEEL_STEP = 1.0015;
const DOUBLE_TAP_MS = 350;
const TAP_SLACK_PX = 24;

/**
 * A point of the window.
 *
 * @typedef {{ x: number, y: number }} Point2
 */

/** Digital zoom: the wheel, two fingers or a double tap zoom the picture, dragging moves it. */
export class Zoom {
  /** The zoom factor. */
  scale = 1;
  #frame;
  #image;
  #onChange;
  /** The offset of the picture's top left corner from that of its frame. */
  #x = 0;
  #y = 0;
  /** @type {Map<number, Point2>} */
  #fingers = new Map();
  #tap = { at: -Infinity, x: 0, y: 0 };

  /** @param {{ frame: HTMLElement, image: HTMLElement, onChange: () => void }} options */
  constructor({ frame, image, onChange }) {
    this.#frame = frame;
    this.#image = image;
    this.#onChange = onChange;
    frame.addEventListener("wheel", (event) => this.#turn(event), { passive: false });
    frame.addEventListener("pointerdown", (event) => this.#press(event));
    frame.addEventListener("pointermove", (event) => this.#drag(event));
    for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) {
      frame.addEventListener(end, (event) => this.#release(event));
    }
    new ResizeObserver(() => this.#apply()).observe(frame);
  }

  /** The whole picture again. */
  reset() {
    this.scale = 1;
    this.#apply();
  }

  /**
   * Zooms in or out around a point; by default around the middle.
   *
   * @param {number} factor
   * @param {Point2} [around]
   */
  by(factor, around) {
    const { left, top, width, height } = this.#frame.getBoundingClientRect();
    const x = around === undefined ? width / 2 : around.x - left;
    const y = around === undefined ? height / 2 : around.y - top;
    const scale = Math.min(MOST, Math.max(1, this.scale * factor));
    this.#x = x - (x - this.#x) * scale / this.scale;
    this.#y = y - (y - this.#y) * scale / this.scale;
    this.scale = scale;
    this.#apply();
  }

  /**
   * Moves it.
   *
   * @param {number} x
   * @param {number} y
   */
  move(x, y) {
    this.#x += x;
    this.#y += y;
    this.#apply();
  }

  #apply() {
    const { clientWidth: width, clientHeight: height } = this.#frame;
    this.#x = Math.min(0, Math.max(width * (1 - this.scale), this.#x));
    this.#y = Math.min(0, Math.max(height * (1 - this.scale), this.#y));
    const isWhole = this.scale === 1;
    this.#image.style.transform = isWhole
      ? ""
      : `translate(${this.#x}px, ${this.#y}px) scale(${this.scale})`;
    this.#frame.classList.toggle("zoomed", !isWhole);
    this.#onChange();
  }

  /** @param {WheelEvent} event */
  #turn(event) {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : 1;
    this.by(WHEEL_STEP ** (-event.deltaY * lines), event);
  }

  /** @param {PointerEvent} event */
  #press(event) {
    if (event.target instanceof HTMLButtonElement || event.button !== 0) return;
    this.#fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.#frame.setPointerCapture(event.pointerId);
    if (this.#fingers.size > 1) this.#tap.at = -Infinity;
    else this.#noticeTap(event);
  }

  /** @param {PointerEvent} event */
  #noticeTap(event) {
    const { at, x, y } = this.#tap;
    const isSecond = event.timeStamp - at < DOUBLE_TAP_MS &&
      Math.hypot(event.clientX - x, event.clientY - y) < TAP_SLACK_PX;
    this.#tap = { at: isSecond ? -Infinity : event.timeStamp, x: event.clientX, y: event.clientY };
    if (!isSecond) return;
    if (this.scale > 1) this.reset();
    else this.by(CLOSER, event);
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    const before = this.#fingers.get(event.pointerId);
    if (before === undefined) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...this.#fingers].find(([id]) => id !== event.pointerId)?.[1];
    this.#fingers.set(event.pointerId, now);
    if (other === undefined) {
      this.move(now.x - before.x, now.y - before.y);
      return;
    }
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    this.move((now.x - before.x) / 2, (now.y - before.y) / 2);
    this.by(distance(now, other) / Math.max(1, distance(before, other)), middle);
  }

  /** @param {PointerEvent} event */
  #release(event) {
    this.#fingers.delete(event.pointerId);
  }
}

/**
 * @param {Point2} a
 * @param {Point2} b
 */
function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
