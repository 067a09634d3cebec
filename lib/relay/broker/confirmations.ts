/** Resolves once a server has accepted everything sent before. */
export interface Flushable {
  /** Resolves with the server's answer; may never resolve if the connection ends. */
  flush(): Promise<void>;
}

/** Counts what a broker has yet to confirm, and measures how long that takes. */
export class Confirmations {
  readonly #waiting = new Set<(isConfirmed: boolean) => void>();
  #roundTripMs = { last: 0, least: 0 };

  /** The latest and the quickest response time, in milliseconds. */
  get roundTripMs(): Readonly<{ last: number; least: number }> {
    return this.#roundTripMs;
  }

  /**
   * Resolves to true when everything so far is accepted, to false when it never will be. Never
   * rejects.
   */
  ask(connection: Flushable): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const start = performance.now();
    const settle = (isConfirmed: boolean): void => {
      if (!this.#waiting.delete(settle)) return;
      if (isConfirmed) this.#measured(performance.now() - start);
      resolve(isConfirmed);
    };
    this.#waiting.add(settle);
    connection.flush().then(() => settle(true), () => settle(false));
    return promise;
  }

  /**
   * The connection is lost, and everything unconfirmed with it. The next one is measured afresh.
   */
  lose(): void {
    for (const settle of this.#waiting) settle(false);
    this.#roundTripMs = { last: 0, least: 0 };
  }

  #measured(ms: number): void {
    const { least } = this.#roundTripMs;
    this.#roundTripMs = { last: ms, least: least === 0 ? ms : Math.min(least, ms) };
  }
}
