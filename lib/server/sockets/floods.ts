import { networkOf } from "../access/origin/addresses.ts";

/** An address counts as flooding for so long after its last flood. */
const REMEMBERED_MS = 5000;
/** Meanwhile its handshakes are answered one after the other, so far apart. */
const APART_MS = 1000;
/** None waits longer. */
const LONGEST_MS = 5000;
const MOST_ADDRESSES = 1000;

interface Record {
  until: number;
  /** When its next handshake is answered. */
  nextAt: number;
}

/**
 * Addresses from which floods of pictures came. A program that is disconnected for one, and comes back at once, may
 * send a hundred megabytes again until that is seen.
 */
export class Floods {
  readonly #records = new Map<string, Record>();
  readonly #now: () => number;

  /**
   * There were none.
   *
   * @param now clock in milliseconds that never jumps
   */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** A client was disconnected for a flood: "192.0.2.5:51234". */
  note(address: string): void {
    const key = keyOf(address);
    const { nextAt = 0 } = this.#records.get(key) ?? {};
    this.#records.delete(key);
    this.#records.set(key, { until: this.#now() + REMEMBERED_MS, nextAt });
    const [oldest] = this.#records.keys();
    if (this.#records.size > MOST_ADDRESSES && oldest !== undefined) this.#records.delete(oldest);
  }

  /** The time that the next handshake from an address has to wait; `undefined` where too many wait already. */
  waitMs(address: string): number | undefined {
    const record = this.#records.get(keyOf(address));
    const now = this.#now();
    if (record === undefined || record.until <= now) return 0;
    const at = Math.max(record.nextAt, now);
    if (at - now > LONGEST_MS) return undefined;
    record.nextAt = at + APART_MS;
    return at - now;
  }
}

function keyOf(address: string): string {
  return networkOf(address.replace(/:\d+$/, ""));
}
