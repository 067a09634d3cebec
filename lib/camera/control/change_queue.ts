import { SourceError } from "../../frame/source_error.ts";

/** The greatest number of changes that wait for the ones before them. */
const MAX_WAITING = 16;

/** Changes of a camera, one after the other: who comes second acts on what the first has left. */
export class ChangeQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  readonly #ending = new AbortController();

  /** Is aborted when it is closed. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /**
   * Does something when all before it are done.
   *
   * @throws {SourceError} when too many wait, or it has been closed
   */
  async run<T>(action: () => Promise<T>): Promise<T> {
    if (this.#waiting >= MAX_WAITING) {
      throw new SourceError(
        "busy",
        `is being controlled by many: ${MAX_WAITING} wait already, try again in a moment`,
      );
    }
    this.#waiting++;
    const next = this.#last.then(() => {
      if (this.#ending.signal.aborted) throw new SourceError("ended", "is being closed");
      return action();
    }).finally(() => this.#waiting--);
    this.#last = next.catch(() => {});
    return await next;
  }

  /** Ends what goes on, and refuses what comes. */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.#last;
  }
}
