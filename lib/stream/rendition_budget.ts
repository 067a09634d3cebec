import { Bucket } from "../time/bucket.ts";

/** The budget of one address: more than a household needs, less than what harms a machine. */
const OWNER = { burst: 8, perSecond: 2 };
/** The budget of all. */
const EVERYBODY = { burst: 12, perSecond: 3 };
/** Limits the memory for addresses that come and go. */
const MAX_OWNERS = 1000;

/**
 * Limits how often renditions are started, for each address and in total: starting one costs the
 * processor as much as many pictures of a running one.
 */
export class RenditionBudget {
  readonly #now: () => number;
  readonly #all: Bucket;
  readonly #owners = new Map<string, Bucket>();

  /**
   * @param now a monotonic clock in milliseconds
   */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#all = new Bucket({ ...EVERYBODY, now });
  }

  /**
   * The time until another rendition may be started, in milliseconds; 0 for now.
   *
   * @param owner whose viewers are counted together; `undefined` for programs of this machine
   */
  waitMs(owner: string | undefined): number {
    const own = owner === undefined ? undefined : this.#owners.get(owner);
    return Math.max(this.#all.waitMs, own?.waitMs ?? 0);
  }

  /** A rendition is started for a viewer of an owner. */
  take(owner: string | undefined): void {
    this.#all.take();
    if (owner === undefined) return;
    if (this.#owners.size >= MAX_OWNERS) this.#forget();
    const own = this.#owners.get(owner) ?? new Bucket({ ...OWNER, now: this.#now });
    this.#owners.set(owner, own);
    own.take();
  }

  #forget(): void {
    for (const [owner, bucket] of this.#owners) if (bucket.isFull) this.#owners.delete(owner);
    if (this.#owners.size >= MAX_OWNERS) this.#owners.clear();
  }
}
