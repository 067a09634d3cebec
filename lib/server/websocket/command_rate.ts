/** A viewer may sustain this many commands a second. */
export const SUSTAINED = 250;
/** It may send this many at once. */
const BURST = 500;
/** The same for a client whose address has just sent a flood. */
const WARY_BURST = 20;
/** A longer command counts once for each of these many bytes: it takes as long to be read. */
const LONG = 8 * 1024;

/**
 * The fate of a command: it is executed; dropped; dropped with a message to the viewer; or the
 * viewer is disconnected.
 */
export type CommandFate = "read" | "dropped" | "told" | "flood";

export interface CommandRateOptions {
  /** Counts dropped commands; returns whether too many from its address were dropped. */
  exceeds: (count: number) => boolean;
  /** Whether its address has just sent a flood. */
  isWary: boolean;
  /**
   * A monotonic clock in milliseconds.
   *
   * @default {performance.now}
   */
  now?: () => number;
}

/**
 * Limits the rate of one viewer's commands. It suffices to acknowledge every frame of the fastest
 * camera. Anything beyond it isn't even parsed, and costs next to nothing.
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
   * The last command was answered. The time this took earns no new ones: when commands are what
   * slows the server down, being slow must not let more of them in.
   */
  answered(): void {
    this.#countedAt = this.#now();
  }

  /** Decides on the next command, which has this many bytes. */
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
