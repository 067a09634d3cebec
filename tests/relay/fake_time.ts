type Callback = (...args: unknown[]) => void;

interface Timer {
  at: number;
  every: number | undefined;
  callback: () => void;
}

/** Timers that go off when a test says so; the clock of `performance.now` goes with them. */
export class FakeTime implements Disposable {
  readonly #real = {
    setTimeout: globalThis.setTimeout,
    setInterval: globalThis.setInterval,
    clearTimeout: globalThis.clearTimeout,
    clearInterval: globalThis.clearInterval,
  };
  readonly #realNow = performance.now;
  readonly #timers = new Map<number, Timer>();
  #now = 1_000_000;
  #id = 1_000_000;

  /** From now on. */
  constructor() {
    const add = (callback: Callback, ms = 0, every?: number): number => {
      this.#timers.set(++this.#id, { at: this.#now + ms, every, callback: () => callback() });
      return this.#id;
    };
    const clear = (id?: number): void => void this.#timers.delete(id ?? -1);
    Object.assign(globalThis, {
      setTimeout: (callback: Callback, ms?: number) => add(callback, ms),
      setInterval: (callback: Callback, ms = 0) => add(callback, ms, ms),
      clearTimeout: clear,
      clearInterval: clear,
    });
    performance.now = () => this.#now;
  }

  /** Lets time pass. */
  tick(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].sort(([, a], [, b]) => a.at - b.at);
      if (next === undefined || next[1].at > until) break;
      const [id, timer] = next;
      this.#now = timer.at;
      if (timer.every === undefined) this.#timers.delete(id);
      else timer.at += timer.every;
      timer.callback();
    }
    this.#now = until;
  }

  /** Gives the real time back. */
  [Symbol.dispose](): void {
    Object.assign(globalThis, this.#real);
    performance.now = this.#realNow;
  }
}
