import type { ConnectionFacts } from "./connection_facts.ts";
import type { Traffic } from "../../system/sockets.ts";

/** Limits on how long, and with how much data, a connection may go on. */
export interface ConnectionLimits {
  /**
   * Without a request being answered, in milliseconds.
   *
   * @default {30_000}
   */
  idleMs: number;
  /**
   * Without reading anything while there is something to read, in milliseconds.
   *
   * @default {30_000}
   */
  stalledMs: number;
  /**
   * After our close, in milliseconds.
   *
   * @default {2_000}
   */
  leavingMs: number;
  /**
   * The maximum size of an unfinished message, in bytes.
   *
   * @default {1_000_000}
   */
  unfinishedBytes: number;
  /**
   * The interval between two pings on a WebSocket, in milliseconds.
   *
   * @default {20_000}
   */
  pingMs: number;
}

/** The default limits; tests use others. */
export const LIMITS: ConnectionLimits = {
  idleMs: 30_000,
  stalledMs: 30_000,
  leavingMs: 2_000,
  unfinishedBytes: 1_000_000,
  // Proxies consider a connection dead after 30 s of silence, or later.
  pingMs: 20_000,
};

/**
 * A WebSocket's own pings are incoming bytes that are not messages. This many a second are
 * tolerated; otherwise a viewer that pings would exceed the limit after some weeks.
 */
const FORGIVEN_BYTES = 10;

/** The findings of one check of a connection. */
export interface Sight {
  /** The traffic through it, if known. */
  traffic: Traffic | undefined;
  /** wscam's record of it, if there was ever a request. */
  facts: ConnectionFacts | undefined;
  /** The time since the last check, in milliseconds. */
  passedMs: number;
}

/** Judges one connection, check by check. */
export class Verdict {
  /** Whether it was ended. */
  isFinal = false;
  readonly #limits: ConnectionLimits;
  #whole = 0;
  #wholeBytes = 0;
  #received = 0;
  /** The share of that which belonged to something complete. */
  #settled = 0;
  #taken = 0;
  #idleMs = 0;
  #stalledMs = 0;
  #isFlood = false;
  #isTaking = false;
  #leavingMs = 0;

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /** The time since its last request. */
  get idleMs(): number {
    return this.#idleMs;
  }

  /** Whether it must end because of what it sends. */
  get isFlood(): boolean {
    return this.#isFlood;
  }

  /** Whether there is something for it to read, and it has recently read some of it. */
  get isTaking(): boolean {
    return this.#isTaking;
  }

  /**
   * Evaluates another check.
   *
   * @returns why the connection must end, if it must
   */
  consider({ traffic, facts, passedMs }: Sight): string | undefined {
    const { whole = 0, active = 0, isLeaving = false } = facts ?? {};
    const isHeard = whole !== this.#whole;
    this.#whole = whole;
    this.#idleMs = active > 0 || isHeard ? 0 : this.#idleMs + passedMs;
    this.#leavingMs = isLeaving ? this.#leavingMs + passedMs : 0;
    if (this.#idleMs >= this.#limits.idleMs) return "sent no request";
    if (this.#leavingMs >= this.#limits.leavingMs) return "did not close the connection";
    if (traffic === undefined) return undefined;
    if (isHeard) this.#settle(facts?.wholeBytes ?? 0);
    return this.#considerInput(traffic, { facts, passedMs }) ??
      this.#considerOutput(traffic, passedMs);
  }

  /** Bytes from before the last check belong to something complete, which has ended since. */
  #settle(wholeBytes: number): void {
    this.#settled = Math.max(this.#settled, this.#received) + wholeBytes - this.#wholeBytes;
    this.#wholeBytes = wholeBytes;
  }

  #considerInput(
    { received }: Traffic,
    { facts, passedMs }: Omit<Sight, "traffic">,
  ): string | undefined {
    this.#received = received;
    this.#settled = Math.min(this.#settled + FORGIVEN_BYTES * passedMs / 1000, received);
    const unfinishedBytes = facts?.unfinishedBytes ?? this.#limits.unfinishedBytes;
    if (received - this.#settled <= unfinishedBytes) return undefined;
    this.#isFlood = true;
    return `sent more than ${unfinishedBytes} bytes without completing a message`;
  }

  #considerOutput({ taken, isWaiting }: Traffic, passedMs: number): string | undefined {
    this.#stalledMs = isWaiting && taken === this.#taken ? this.#stalledMs + passedMs : 0;
    this.#taken = taken;
    const isStalled = this.#stalledMs >= this.#limits.stalledMs;
    this.#isTaking = isWaiting && !isStalled;
    return isStalled ? "took nothing" : undefined;
  }
}
