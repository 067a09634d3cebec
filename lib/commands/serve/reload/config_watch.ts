import type { ConfigSource } from "../../../config/config_source.ts";
import type { ServeConfig } from "../../../config/commands/serve_config.ts";
import type { Logger } from "../../../log.ts";
import { type Clock, SYSTEM_CLOCK } from "../../../time/clock.ts";

export interface ConfigWatchOptions {
  /** Applies a changed configuration; the next one waits until it is done. */
  apply: (config: ServeConfig) => Promise<void>;
  /** Takes mistakes. */
  log: Logger;
  /** For tests. @default the system's */
  clock?: Clock;
}

/**
 * The file is polled rather than watched: bind mounts and network file systems don't report
 * changes.
 */
const LOOK_MS = 1000;
/** A file that is being written is read once it has stayed the same for this long. */
const SETTLE_MS = 200;
/** A file that keeps changing is read after this long all the same. */
const MAX_SETTLES = 10;

/** Reloads the configuration whenever its files have changed, and when told to. */
export class ConfigWatch implements AsyncDisposable {
  readonly #source: ConfigSource;
  readonly #options: ConfigWatchOptions;
  readonly #clock: Clock;
  readonly #over = new AbortController();
  #wake = new AbortController();
  #seen: string;
  readonly #running: Promise<void>;

  /**
   * @param seen the result of {@linkcode ConfigSource.look} before the current configuration was
   *   read
   */
  constructor(source: ConfigSource, seen: string, options: ConfigWatchOptions) {
    this.#source = source;
    this.#seen = seen;
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#running = this.#keepLooking();
  }

  /** Reloads it now, changed or not. */
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
      // A reload was requested during this one.
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
      this.#options.log.error("The previous configuration stays in force");
    }
  }

  #wait(ms: number): Promise<void> {
    this.#wake = new AbortController();
    return this.#clock.sleep(ms, AbortSignal.any([this.#over.signal, this.#wake.signal]));
  }
}
