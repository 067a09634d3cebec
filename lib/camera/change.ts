import { type Failure, SourceError } from "../frame/source_error.ts";

/** A change of how a camera is captured, from the request until it succeeds or fails. */
export class Change {
  #cut = new AbortController();
  #awaited: PromiseWithResolvers<void> | undefined;
  /**
   * Whether a change has failed that subscribers don't know about: its requester gets the chance to
   * revert it first.
   */
  #isHidden = false;

  /** Aborted when the current capture is to make way for another one. */
  get signal(): AbortSignal {
    return this.#cut.signal;
  }

  /** Whether a change was requested and has neither succeeded nor failed yet. */
  get isAwaited(): boolean {
    return this.#awaited !== undefined;
  }

  /** A capture begins. */
  begin(): void {
    this.#cut = new AbortController();
  }

  /**
   * Ends the current capture.
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
   * @param wasLive whether subscribers had frames until the change was requested
   * @returns whether the failure can be kept from subscribers, once: the requester knows of it, and
   *   can revert the change
   */
  fail({ code, reason }: Failure, wasLive: boolean): boolean {
    this.#isHidden = this.isAwaited && wasLive && !this.#isHidden;
    this.#awaited?.reject(new SourceError(code, reason));
    this.#awaited = undefined;
    return this.#isHidden;
  }
}
