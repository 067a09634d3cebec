import { type Failure, SourceError } from "../frame/source_error.ts";

/** A change of how a camera is captured, from when it is asked for until something comes of it. */
export class Change {
  #cut = new AbortController();
  #awaited: PromiseWithResolvers<void> | undefined;
  /** Whether one has failed of which subscribers know nothing: who made it goes back first. */
  #isHidden = false;

  /** Aborted when the capture that goes on is to end for another one. */
  get signal(): AbortSignal {
    return this.#cut.signal;
  }

  /** Whether one was asked for, and nothing has come of it yet. */
  get isAwaited(): boolean {
    return this.#awaited !== undefined;
  }

  /** A capture begins. */
  begin(): void {
    this.#cut = new AbortController();
  }

  /**
   * Ends the capture that goes on.
   *
   * @returns when the next one has given a frame, or nobody wants any
   * @throws {SourceError} when it fails before that, with the reason
   */
  ask(): Promise<void> {
    this.#awaited = Promise.withResolvers();
    this.#cut.abort();
    return this.#awaited.promise;
  }

  /** The capture has given a frame. */
  succeed(): void {
    this.settle();
    this.#isHidden = false;
  }

  /** Nobody wants a frame any more. */
  settle(): void {
    this.#awaited?.resolve();
    this.#awaited = undefined;
  }

  /**
   * The capture has failed.
   *
   * @param wasLive whether subscribers had frames until it was asked for
   * @returns whether they need not know, once: whoever asked for it knows, and can go back
   */
  fail({ code, reason }: Failure, wasLive: boolean): boolean {
    this.#isHidden = this.isAwaited && wasLive && !this.#isHidden;
    this.#awaited?.reject(new SourceError(code, reason));
    this.#awaited = undefined;
    return this.#isHidden;
  }
}
