import { networkOf } from "../access/origin/addresses.ts";

/** An address counts as flooding for this long after its last flood. */
const REMEMBERED_MS = 5000;
/** Meanwhile its handshakes are answered one by one, this far apart. */
const APART_MS = 1000;
/** None waits longer. */
const LONGEST_MS = 5000;
const MOST_ADDRESSES = 1000;
/** More dropped commands than this within a second can't be an accident. */
const MOST_DROPPED = 2000;

interface FloodRecord {
  until: number;
  /** When its next handshake is answered. */
  nextAt: number;
}

/** The pictures and commands dropped within a second. */
interface Excess {
  since: number;
  count: number;
}

/**
 * Addresses that flooded us with pictures or commands. A program that is disconnected for that and
 * reconnects at once may send a hundred megabytes again before it is noticed.
 */
export class Floods {
  readonly #records = new Map<string, FloodRecord>();
  readonly #excesses = new Map<string, Excess>();
  readonly #now: () => number;

  /**
   * None so far.
   *
   * @param now a monotonic clock in milliseconds
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

  /** Whether a client at an address was recently disconnected for a flood. */
  isNoted(address: string): boolean {
    return (this.#records.get(keyOf(address))?.until ?? 0) > this.#now();
  }

  /**
   * Counts dropped commands of an address, over all its connections.
   *
   * @returns whether there were too many within a second to be an accident
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

  /**
   * How long the next handshake from an address has to wait; `undefined` if too many wait already.
   */
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

/** Moves an address to the end, and forgets the first one if there are too many. */
function putLast<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MOST_ADDRESSES && oldest !== undefined) map.delete(oldest);
}

function keyOf(address: string): string {
  return networkOf(address.replace(/:\d+$/, ""));
}
