import { SourceError } from "../../frame/source_error.ts";

/** At most this many changes wait for the ones before them. */
const MAX_WAITING = 16;

/** Changes to a camera, one after the other, each on top of the one before. */
export class ChangeQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  readonly #ending = new AbortController();

  /** Is aborted when it is closed. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /**
   * Runs a function once everything before it is done.
   *
   * @throws {SourceError} when too many wait, or the queue has been closed
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

  /** Ends the current change and refuses further ones. */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.#last;
  }
}
