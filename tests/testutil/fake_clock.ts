import type { Clock } from "../../lib/time/clock.ts";

/** Time that passes only when a test says so. */
export interface FakeClock extends Clock {
  /** The number of callers that wait for their time now. */
  readonly sleepers: number;
  /** Lets time pass, and everything happen that is due, in its order. In milliseconds. */
  advance(ms: number): Promise<void>;
  /** Lets time pass in which nothing runs, as while the machine sleeps. In milliseconds. */
  jump(ms: number): void;
}

interface Sleeper {
  at: number;
  wake(): void;
}

/** A clock that begins at 0. */
export function createFakeClock(): FakeClock {
  const sleepers = new Set<Sleeper>();
  let now = 0;
  const next = (until: number): Sleeper | undefined =>
    [...sleepers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
  return {
    get sleepers() {
      return sleepers.size;
    },
    now: () => now,
    sleep(ms, signal) {
      if (signal.aborted) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      const sleeper: Sleeper = {
        at: now + Math.max(0, ms),
        wake() {
          sleepers.delete(sleeper);
          signal.removeEventListener("abort", sleeper.wake);
          resolve();
        },
      };
      sleepers.add(sleeper);
      signal.addEventListener("abort", sleeper.wake);
      return promise;
    },
    async advance(ms) {
      const until = now + ms;
      await settle();
      for (let due = next(until); due !== undefined; due = next(until)) {
        now = Math.max(now, due.at);
        due.wake();
        await settle();
      }
      now = until;
    },
    jump(ms) {
      now += ms;
    },
  };
}

/** Lets promises that are due go on. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}
