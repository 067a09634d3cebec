/** Commands a second that a viewer may send for as long as it likes. */
export const SUSTAINED = 250;
/** Commands that it may send at once. */
const BURST = 500;
/** A longer command counts for as many as there are of these in it, in bytes: it takes as long to be read. */
const LONG = 8 * 1024;
/** Beyond that, this many more within a second can't be a mistake. */
const FLOOD = 2000;

/**
 * The fate of a command: it is read; it is dropped; it is dropped, and the viewer is told; the
 * viewer itself is dropped.
 */
export type CommandFate = "read" | "dropped" | "told" | "flood";

/**
 * Holds one viewer's commands to a rate. A viewer that acknowledges every frame of the fastest camera passes;
 * what is over the rate isn't even parsed, and costs next to nothing.
 */
export class CommandRate {
  readonly #now: () => number;
  #left = BURST;
  #countedAt: number;
  #dropped = 0;
  #droppingSince = -Infinity;

  /**
   * All are free.
   *
   * @param now clock in milliseconds that never jumps
   */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#countedAt = now();
  }

  /**
   * The last command was answered. The time that it took brings no new ones: while commands are what the server is
   * late with, it must not take more of them the later it is.
   */
  answered(): void {
    this.#countedAt = this.#now();
  }

  /** Says what becomes of the next command, of so many bytes. */
  next(bytes: number): CommandFate {
    const now = this.#now();
    this.#left = Math.min(BURST, this.#left + (now - this.#countedAt) * SUSTAINED / 1000);
    this.#countedAt = now;
    const weight = Math.max(1, Math.ceil(bytes / LONG));
    if (this.#left >= weight) {
      this.#left -= weight;
      return "read";
    }
    if (now - this.#droppingSince >= 1000) {
      this.#droppingSince = now;
      this.#dropped = 1;
      return "told";
    }
    return ++this.#dropped > FLOOD ? "flood" : "dropped";
  }
}
