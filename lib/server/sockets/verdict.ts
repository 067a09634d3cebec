import type { ConnectionFacts } from "./connection_facts.ts";
import type { Traffic } from "../../system/sockets.ts";

/** Limits to how long, and with how much data, a connection may go on. */
export interface ConnectionLimits {
  /** Without a request that is being answered, in milliseconds. @default {30_000} */
  idleMs: number;
  /** Without taking anything while there is something to take, in milliseconds. @default {30_000} */
  stalledMs: number;
  /** After our goodbye, in milliseconds. @default {2_000} */
  leavingMs: number;
  /** The greatest part of an unfinished message, in bytes. @default {1_000_000} */
  unfinishedBytes: number;
  /** Between two pings on a WebSocket, in milliseconds. @default {20_000} */
  pingMs: number;
}

/** The limits that hold unless tests say otherwise. */
export const LIMITS: ConnectionLimits = {
  idleMs: 30_000,
  stalledMs: 30_000,
  leavingMs: 2_000,
  unfinishedBytes: 1_000_000,
  // Proxies take a connection for dead after 30 s of silence, or later.
  pingMs: 20_000,
};

/**
 * A WebSocket's own pings are bytes that come in and no messages. This many a second are forgiven,
 * or a viewer that pings would be over the limit after some weeks.
 */
const FORGIVEN_BYTES = 10;

/** The findings of one look at a connection. */
export interface Sight {
  /** The traffic through it, if that can be known. */
  traffic: Traffic | undefined;
  /** The program's record of it, if there ever was a request. */
  facts: ConnectionFacts | undefined;
  /** Time since the last look, in milliseconds. */
  passedMs: number;
}

/** Decides over one connection, look by look. */
export class Verdict {
  /** Whether it was ended. */
  isFinal = false;
  readonly #limits: ConnectionLimits;
  #whole = 0;
  #wholeBytes = 0;
  #received = 0;
  /** The part of that which was in something whole. */
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

  /** Whether there is something to take, and it has taken some of that of late. */
  get isTaking(): boolean {
    return this.#isTaking;
  }

  /**
   * Takes another look into account.
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
    if (this.#leavingMs >= this.#limits.leavingMs) return "did not leave";
    if (traffic === undefined) return undefined;
    if (isHeard) this.#settle(facts?.wholeBytes ?? 0);
    return this.#considerInput(traffic, { facts, passedMs }) ??
      this.#considerOutput(traffic, passedMs);
  }

  /** Bytes from before the last look belong to something whole, for that has ended since. */
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
    return `sent more than ${unfinishedBytes} bytes that make no message`;
  }

  #considerOutput({ taken, isWaiting }: Traffic, passedMs: number): string | undefined {
    this.#stalledMs = isWaiting && taken === this.#taken ? this.#stalledMs + passedMs : 0;
    this.#taken = taken;
    const isStalled = this.#stalledMs >= this.#limits.stalledMs;
    this.#isTaking = isWaiting && !isStalled;
    return isStalled ? "took nothing" : undefined;
  }
}
