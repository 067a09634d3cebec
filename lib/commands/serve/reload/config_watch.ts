import type { ConfigSource } from "../../../config/config_source.ts";
import type { ServeConfig } from "../../../config/commands/serve_config.ts";
import type { Logger } from "../../../log.ts";
import { type Clock, SYSTEM_CLOCK } from "../../../time/clock.ts";

/** Options of {@linkcode ConfigWatch}. */
export interface ConfigWatchOptions {
  /** Takes up what is new; the next one waits until it has. */
  apply: (config: ServeConfig) => Promise<void>;
  /** Takes mistakes. */
  log: Logger;
  /** For tests. @default the system's */
  clock?: Clock;
}

/** Read so often, and not watched: a bind mount and a network's file system tell of no change. */
const LOOK_MS = 1000;
/** A file that is being written is read when it has stayed the same for so long. */
const SETTLE_MS = 200;
/** One that never does so is read all the same. */
const MAX_SETTLES = 10;

/** Takes the configuration up again whenever its files have changed, and when it is told to. */
export class ConfigWatch implements AsyncDisposable {
  readonly #source: ConfigSource;
  readonly #options: ConfigWatchOptions;
  readonly #clock: Clock;
  readonly #over = new AbortController();
  #wake = new AbortController();
  #seen: string;
  readonly #running: Promise<void>;

  /** @param seen what {@linkcode ConfigSource.look} gave before what is in force was read */
  constructor(source: ConfigSource, seen: string, options: ConfigWatchOptions) {
    this.#source = source;
    this.#seen = seen;
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#running = this.#keepLooking();
  }

  /** Reads it now, whether it has changed or not. */
  reload(): void {
    this.#seen = "";
    this.#wake.abort();
  }

  /** Looks no more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    await this.#running;
  }

  async #keepLooking(): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      const now = await this.#source.look();
      if (now !== this.#seen && !signal.aborted) await this.#takeUp(now);
      // Told to while it was being read.
      if (this.#seen !== "" && !signal.aborted) await this.#wait(LOOK_MS);
    }
  }

  async #takeUp(found: string): Promise<void> {
    let text = found;
    for (let settles = 0; settles < MAX_SETTLES && !this.#over.signal.aborted; settles++) {
      await this.#wait(SETTLE_MS);
      const next = await this.#source.look();
      if (next === text) break;
      text = next;
    }
    this.#seen = text;
    try {
      const config = await this.#source.load();
      if (!this.#over.signal.aborted) await this.#options.apply(config);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      for (const line of message.split("\n")) this.#options.log.error(line);
      this.#options.log.error("The configuration from before stays in force");
    }
  }

  #wait(ms: number): Promise<void> {
    this.#wake = new AbortController();
    return this.#clock.sleep(ms, AbortSignal.any([this.#over.signal, this.#wake.signal]));
  }
}
