/** Commands a second that a viewer may send for as long as it likes. */
export const SUSTAINED = 250;
/** Commands that it may send at once. */
const BURST = 500;
/** The same for who comes from where a flood has just come from. */
const WARY_BURST = 20;
/** A longer command counts for as many as there are of these in it, in bytes: it takes as long to be read. */
const LONG = 8 * 1024;

/**
 * The fate of a command: it is read; it is dropped; it is dropped, and the viewer is told; the
 * viewer itself is dropped.
 */
export type CommandFate = "read" | "dropped" | "told" | "flood";

/** Options of {@linkcode CommandRate}. */
export interface CommandRateOptions {
  /** Counts so many dropped commands; whether its address has had too many dropped. */
  exceeds: (count: number) => boolean;
  /** Whether a flood has just come from its address. */
  isWary: boolean;
  /** Clock in milliseconds that never jumps. @default {performance.now} */
  now?: () => number;
}

/**
 * Holds one viewer's commands to a rate. A viewer that acknowledges every frame of the fastest camera passes;
 * what is over the rate isn't even parsed, and costs next to nothing.
 */
export class CommandRate {
  readonly #now: () => number;
  readonly #exceeds: CommandRateOptions["exceeds"];
  #left: number;
  #countedAt: number;
  #toldAt = -Infinity;

  /** All are free. */
  constructor({ exceeds, isWary, now = () => performance.now() }: CommandRateOptions) {
    this.#exceeds = exceeds;
    this.#now = now;
    this.#left = isWary ? WARY_BURST : BURST;
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
    if (this.#exceeds(weight)) return "flood";
    if (now - this.#toldAt < 1000) return "dropped";
    this.#toldAt = now;
    return "told";
  }
}
