/** A window that has proved too small grows by this part with each key frame. */
const GROWTH = 1.25;
/** It holds a key frame, and this part of it more: after that, pictures are small. */
const KEY_ROOM = 1.25;

/**
 * How much may be on its way to a viewer whose link was seen to be too slow: what the link carries in the time that a
 * picture may be late. Until then there is no bound: a fast link that is long has much on its way.
 */
export class FlowWindow {
  readonly #ms: number;
  #most = Infinity;
  #least = 0;
  /** How much had been taken at which time, while something was on its way: back to the time that a picture may be late. */
  #progress: { at: number; taken: number }[] = [];

  /**
   * There is no bound yet.
   *
   * @param ms how late a picture may be
   */
  constructor(ms: number) {
    this.#ms = ms;
  }

  /** Takes note of how many bytes the viewer has taken so far, while more are on their way. */
  note(taken: number, now: number): void {
    this.#progress.push({ at: now, taken });
    while ((this.#progress[1]?.at ?? now) <= now - this.#ms) this.#progress.shift();
  }

  /** The viewer has taken all. */
  rest(): void {
    if (this.#progress.length > 0) this.#progress = [];
  }

  /** Whether a picture may be sent while so many bytes are on their way. */
  allows({ length }: Uint8Array, isKey: boolean, onWay: number): boolean {
    return onWay + (isKey ? 0 : length) <= Math.max(this.#most, this.#least);
  }

  /** A picture is late, or came late. If the viewer has taken anything meanwhile, that is what its link carries. */
  shrink(): void {
    const [first, last] = [this.#progress[0], this.#progress.at(-1)];
    const taken = (last?.taken ?? 0) - (first?.taken ?? 0);
    if (taken > 0) this.#most = taken;
  }

  /** A key frame of so many bytes is sent: the link may carry more by now. */
  grow(bytes: number): void {
    this.#most *= GROWTH;
    this.#least = KEY_ROOM * bytes;
  }
}
