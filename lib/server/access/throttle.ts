import { networkOf } from "./addresses.ts";

/** So many wrong credentials within {@linkcode WINDOW_MS} are too many. */
const MOST_FAILURES = 10;
const WINDOW_MS = 60_000;
/** So many addresses are remembered; of more, the ones that failed first are forgotten. */
const MOST_ADDRESSES = 10_000;

interface Record {
  /** When the last failures were, oldest first. */
  failures: number[];
  blockedUntil: number;
}

/** Counts wrong credentials by address. */
export class Throttle {
  #records = new Map<string, Record>();

  /** How many addresses are remembered. */
  get size(): number {
    return this.#records.size;
  }

  /**
   * How long an address must wait, in seconds; 0 when it need not.
   *
   * @param now a time in milliseconds that never goes back
   */
  waitSeconds(address: string, now: number): number {
    const { blockedUntil = 0 } = this.#records.get(networkOf(address)) ?? {};
    return Math.max(0, Math.ceil((blockedUntil - now) / 1000));
  }

  /** Counts a failure; after ten within a minute, the address must wait for a minute. */
  fail(address: string, now: number): void {
    const key = networkOf(address);
    const { failures = [] } = this.#records.get(key) ?? {};
    const recent = [...failures.filter((at) => now - at < WINDOW_MS), now];
    const isTooMany = recent.length >= MOST_FAILURES;
    // Put in anew: a map is ordered by when a key was put in.
    this.#records.delete(key);
    this.#records.set(
      key,
      isTooMany
        ? { failures: [], blockedUntil: now + WINDOW_MS }
        : { failures: recent, blockedUntil: 0 },
    );
    const [oldest] = this.#records.keys();
    if (this.#records.size > MOST_ADDRESSES && oldest !== undefined) this.#records.delete(oldest);
  }
}
