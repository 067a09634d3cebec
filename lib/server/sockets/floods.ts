import { networkOf } from "../access/origin/addresses.ts";

/** An address counts as flooding for so long after its last flood. */
const REMEMBERED_MS = 5000;
/** Meanwhile its handshakes are answered one after the other, so far apart. */
const APART_MS = 1000;
/** None waits longer. */
const LONGEST_MS = 5000;
const MOST_ADDRESSES = 1000;
/** What is dropped beyond this within a second can't be a mistake, in commands. */
const MOST_DROPPED = 2000;

interface FloodRecord {
  until: number;
  /** When its next handshake is answered. */
  nextAt: number;
}

/** What was dropped within a second. */
interface Excess {
  since: number;
  count: number;
}

/**
 * Addresses from which floods of pictures or commands came. A program that is disconnected for one, and comes back at once, may
 * send a hundred megabytes again until that is seen.
 */
export class Floods {
  readonly #records = new Map<string, FloodRecord>();
  readonly #excesses = new Map<string, Excess>();
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
    putLast(this.#records, key, { until: this.#now() + REMEMBERED_MS, nextAt });
  }

  /** Whether a client of an address was disconnected for a flood a short while ago. */
  isNoted(address: string): boolean {
    return (this.#records.get(keyOf(address))?.until ?? 0) > this.#now();
  }

  /**
   * Counts commands of an address that were dropped, whichever of its connections they came by.
   *
   * @returns whether there were more within a second than can be a mistake
   */
  exceeds(address: string, count: number): boolean {
    const key = keyOf(address);
    const now = this.#now();
    let excess = this.#excesses.get(key);
    if (excess === undefined || now - excess.since >= 1000) {
      putLast(this.#excesses, key, excess = { since: now, count: 0 });
    }
    return (excess.count += count) > MOST_DROPPED;
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

/** Puts an address behind all others, and forgets the first where there are too many. */
function putLast<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MOST_ADDRESSES && oldest !== undefined) map.delete(oldest);
}

function keyOf(address: string): string {
  return networkOf(address.replace(/:\d+$/, ""));
}
