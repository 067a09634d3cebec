import { networkOf } from "./access/origin/addresses.ts";

export interface SeatsOptions {
  /** The greatest number of viewers ('--max-clients'). */
  maxClients: number;
  /** The maximum number that the system's limit for open files allows. */
  maxConnections: number;
}

/** Any address may have this many viewers: the tabs and machines of one household. */
const LEAST_SHARE = 10;

/**
 * Assigns the seats for viewers. One address may take half of them, and ten in any case: enough for
 * an office behind one address, without locking everybody else out. Loopback may take all: its
 * clients are local programs, or a reverse proxy with limits of its own.
 */
export class Seats {
  readonly #maxConnections: number;
  #max = 0;
  #share = 0;
  #full = "";
  readonly #taken = new Map<string, number>();
  #size = 0;

  constructor({ maxClients, maxConnections }: SeatsOptions) {
    this.#maxConnections = maxConnections;
    this.limit(maxClients);
  }

  /** Changes the number of seats; those taken stay taken. */
  limit(maxClients: number): void {
    const maxConnections = this.#maxConnections;
    this.#max = Math.min(maxClients, maxConnections);
    this.#share = Math.max(Math.ceil(this.#max / 2), LEAST_SHARE);
    const limit = maxClients <= maxConnections
      ? "'--max-clients'"
      : "the system's for open files: raise it with 'ulimit -n'";
    this.#full = `Already ${this.#max} viewers are connected, which is the limit (${limit})`;
  }

  /** The number of seats that are taken. */
  get size(): number {
    return this.#size;
  }

  /**
   * Why there is no seat; `undefined` if there is one.
   *
   * @param address the viewer's, "192.0.2.5:51234"
   */
  refusal(address: string): string | undefined {
    if (this.#size >= this.#max) return this.#full;
    if (isLocal(address)) return undefined;
    if ((this.#taken.get(ownerOf(address)) ?? 0) < this.#share) return undefined;
    return `Already ${this.#share} viewers are connected from your address, its share of ${this.#max}`;
  }

  /** Takes a seat, until the returned function is called. */
  take(address: string): () => void {
    const owner = ownerOf(address);
    this.#taken.set(owner, (this.#taken.get(owner) ?? 0) + 1);
    this.#size++;
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#size--;
      const left = (this.#taken.get(owner) ?? 0) - 1;
      if (left > 0) this.#taken.set(owner, left);
      else this.#taken.delete(owner);
    };
  }
}

/**
 * The owner that a viewer is counted for: a client can't choose its address freely, except for the
 * lower half of an IPv6 address.
 */
function ownerOf(address: string): string {
  return networkOf(address.replace(/:\d+$/, ""));
}

/**
 * The owner that shares an address's limit; `undefined` for local programs, which may take all
 * seats.
 *
 * @param address "192.0.2.5:51234"
 */
export function sharerOf(address: string): string | undefined {
  return isLocal(address) ? undefined : ownerOf(address);
}

/** Clients of a Unix socket are local programs. */
function isLocal(address: string): boolean {
  return /^(unix$|127\.|\[::1\]:)/.test(address);
}
