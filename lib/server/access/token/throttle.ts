import { networkOf } from "../origin/addresses.ts";

/** An address is refused after this many different wrong tokens within {@linkcode WINDOW_MS}. */
const MOST_FAILURES = 10;
const WINDOW_MS = 60_000;
/**
 * While an address is refused, this many more tokens are checked within {@linkcode DAY_MS}; after
 * that none is.
 */
const MOST_LATE = 1000;
const DAY_MS = 24 * 60 * 60 * 1000;
/**
 * This many wrong tokens are remembered for each address: forgotten tabs and programs repeat the
 * same ones.
 */
const MOST_KNOWN = 32;
/** This many addresses are remembered; beyond it, those that failed first are forgotten. */
const MOST_ADDRESSES = 10_000;

/** A client that shows a token. */
export interface Visitor {
  /** Its address. */
  readonly address: string;
  /** Whether a foreign web page could have made a browser send the request. */
  readonly isPageMade: boolean;
  /** Whether the address is a proxy's, with other clients behind it. */
  readonly isHidden: boolean;
}

interface GuessRecord {
  /** Fingerprints of wrong tokens, the most recent one last. */
  known: Set<number>;
  /** When new wrong tokens were shown, oldest first. */
  failures: number[];
  refusedUntil: number;
  /**
   * The number of tokens that failed while the address was refused, and since when they are
   * counted.
   */
  late: { page: number; program: number; since: number };
  /** When the right token was last shown. */
  provenAt: number;
}

/**
 * Slows guessing down, by address: after ten different wrong tokens within a minute, only the right
 * one is accepted for a minute. So that guessing can't go on during such minutes, only a thousand
 * wrong tokens a day are checked in them. Beyond that none is checked, except from programs at an
 * address that showed the right token within a day: a page that guesses through a visitor's browser
 * locks out only pages.
 */
export class Throttle {
  #records = new Map<string, GuessRecord>();

  /** The number of remembered addresses. */
  get size(): number {
    return this.#records.size;
  }

  /**
   * The seconds for which an address without the right token is still refused; 0 if it isn't.
   *
   * @param now in milliseconds on a monotonic clock
   */
  waitSeconds(address: string, now: number): number {
    const { refusedUntil = 0 } = this.#records.get(networkOf(address)) ?? {};
    return Math.max(0, Math.ceil((refusedUntil - now) / 1000));
  }

  /** Whether not even the right token is accepted. */
  isShut({ address, isPageMade, isHidden }: Visitor, now: number): boolean {
    const record = this.#records.get(networkOf(address));
    if (record === undefined || record.refusedUntil <= now) return false;
    const { late, provenAt } = record;
    if (late[isPageMade ? "page" : "program"] < MOST_LATE) return false;
    return isPageMade || isHidden || now - provenAt > DAY_MS;
  }

  /**
   * Counts wrong tokens that are new.
   *
   * @param tokens fingerprints
   * @returns whether the address is refused from now on
   */
  fail({ address, isPageMade }: Visitor, tokens: readonly number[], now: number): boolean {
    if (tokens.length === 0) return false;
    const record = this.#recordOf(address);
    let isRefused = false;
    for (const token of tokens) {
      const isNew = !record.known.delete(token);
      record.known.add(token);
      trim(record.known, MOST_KNOWN);
      if (!isNew) continue;
      if (record.refusedUntil > now) countLate(record, isPageMade, now);
      else isRefused = countFailure(record, now) || isRefused;
    }
    return isRefused;
  }

  /** Records that the right token was shown. */
  succeed(address: string, now: number): void {
    this.#recordOf(address).provenAt = now;
  }

  /** The token has changed: having shown the old one no longer counts. */
  forgetProofs(): void {
    for (const record of this.#records.values()) record.provenAt = -Infinity;
  }

  #recordOf(address: string): GuessRecord {
    const key = networkOf(address);
    const record = this.#records.get(key) ?? {
      known: new Set(),
      failures: [],
      refusedUntil: 0,
      late: { page: 0, program: 0, since: 0 },
      provenAt: -Infinity,
    };
    // Re-inserted: a map is ordered by insertion.
    this.#records.delete(key);
    this.#records.set(key, record);
    trim(this.#records, MOST_ADDRESSES);
    return record;
  }
}

/**
 * @returns whether that was one too many
 */
function countFailure(record: GuessRecord, now: number): boolean {
  record.failures = [...record.failures.filter((at) => now - at < WINDOW_MS), now];
  if (record.failures.length < MOST_FAILURES) return false;
  record.failures = [];
  record.refusedUntil = now + WINDOW_MS;
  return true;
}

function countLate(record: GuessRecord, isPageMade: boolean, now: number): void {
  if (now - record.late.since >= DAY_MS) record.late = { page: 0, program: 0, since: now };
  record.late[isPageMade ? "page" : "program"]++;
}

/** Forgets the oldest entry. */
function trim<T>(
  some: { size: number; keys(): Iterator<T>; delete(key: T): boolean },
  most: number,
): void {
  if (some.size <= most) return;
  const first = some.keys().next();
  if (!first.done) some.delete(first.value);
}
