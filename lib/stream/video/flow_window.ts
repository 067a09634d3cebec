/** A window that proved too small grows by this factor with each key frame. */
const GROWTH = 1.25;
/** It holds a key frame, and this share more: the pictures after that are small. */
const KEY_ROOM = 1.25;

/**
 * Limits the bytes in flight to a viewer whose link proved too slow: to what the link carries in
 * the time that a picture may be late. Until then there is no limit: a fast but long link has much
 * in flight.
 */
export class FlowWindow {
  readonly #ms: number;
  #most = Infinity;
  #least = 0;
  /**
   * How much had been taken at which time, while something was in flight: back to the time that a
   * picture may be late.
   */
  #progress: { at: number; taken: number }[] = [];

  /**
   * @param ms how late a picture may be
   */
  constructor(ms: number) {
    this.#ms = ms;
  }

  /** Records how many bytes the viewer has taken so far, while more are in flight. */
  note(taken: number, now: number): void {
    this.#progress.push({ at: now, taken });
    while ((this.#progress[1]?.at ?? now) <= now - this.#ms) this.#progress.shift();
  }

  /** The viewer has taken everything. */
  rest(): void {
    if (this.#progress.length > 0) this.#progress = [];
  }

  /** Whether a picture may be sent while this many bytes are in flight. */
  allows({ length }: Uint8Array, isKey: boolean, onWay: number): boolean {
    return onWay + (isKey ? 0 : length) <= Math.max(this.#most, this.#least);
  }

  /**
   * A picture is late, or came late. If the viewer has taken anything meanwhile, that is what its
   * link carries.
   */
  shrink(): void {
    const [first, last] = [this.#progress[0], this.#progress.at(-1)];
    const taken = (last?.taken ?? 0) - (first?.taken ?? 0);
    if (taken > 0) this.#most = taken;
  }

  /** A key frame of this many bytes is sent: the link may carry more by now. */
  grow(bytes: number): void {
    this.#most *= GROWTH;
    this.#least = KEY_ROOM * bytes;
  }
}
