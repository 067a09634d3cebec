import type { Logger } from "../../log.ts";
import { type Accepted, AcceptedConnections } from "./accepted.ts";
import { ConnectionFacts } from "./connection_facts.ts";
import { Sockets } from "../../system/sockets.ts";
import { type ConnectionLimits, LIMITS, Verdict } from "./verdict.ts";

/** The interval of checks while somebody is connected. */
const LOOK_MS = 500;
/** While many are: checking a thousand takes 5 ms. An oversized message must end within 2 s. */
const LOOK_AT_MANY_MS = 1000;
const MANY = 400;
/** While nobody is: Deno reports requests, not connections. */
const REST_MS = 5000;
/**
 * While the maximum number of connections is almost reached, and while a client may send large
 * messages.
 */
const HURRY_MS = 100;
/** It hurries from this share of the maximum number of connections. */
const CROWD = 0.75;

export interface SweeperOptions {
  /** The address of our listener. */
  addr: Deno.Addr;
  /** If there are more connections than this, those that have been idle longest are ended. */
  maxConnections: number;
  /** Called with the ended connections. */
  log: Logger;
  /** Limits of connections. @default {LIMITS} */
  limits?: Partial<ConnectionLimits> | undefined;
}

/**
 * Ends connections that cost something and give nothing, which Deno keeps for ever: half-sent
 * requests, stalled ones that can't be closed, messages that never end. It examines the sockets
 * themselves. On Windows, and where the C library may not be called, it does nothing.
 */
export class Sweeper implements Disposable {
  readonly #sockets: Sockets | undefined;
  readonly #accepted: AcceptedConnections | undefined;
  readonly #maxConnections: number;
  readonly #limits: ConnectionLimits;
  readonly #log: Logger;
  readonly #verdicts = new Map<Accepted, Verdict>();
  readonly #facts = new Map<string, ConnectionFacts>();
  /** Addresses seen since the last check. */
  readonly #met = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #delayMs = REST_MS;
  #lookedAt = performance.now();
  #isOver = false;

  /** Checks from now on, until disposed of. */
  constructor({ addr, maxConnections, log, limits }: SweeperOptions) {
    this.#maxConnections = maxConnections;
    this.#limits = { ...LIMITS, ...limits };
    this.#log = log;
    // Clients of a Unix socket are programs of this machine, and have no addresses.
    if (addr.transport !== "tcp") return;
    this.#sockets = Sockets.open();
    const listener = this.#sockets?.findListener(addr.port);
    const endpoint = listener === undefined
      ? undefined
      : this.#sockets?.endpoint(listener, "local");
    if (this.#sockets === undefined || endpoint === undefined) return;
    this.#accepted = new AcceptedConnections(this.#sockets, endpoint);
    this.#wait(REST_MS);
  }

  /** The record that wscam keeps of a connection; callers update it. */
  factsAt(address: string): ConnectionFacts {
    if (this.#accepted === undefined || this.#isOver) return new ConnectionFacts();
    const known = this.#facts.get(address);
    // A client that is closing sends nothing more: another client has the same port by now.
    if (known !== undefined && !known.isLeaving && !known.isFlooding) return known;
    const facts = new ConnectionFacts();
    this.#facts.set(address, facts);
    this.#met.add(address);
    if (this.#delayMs > LOOK_AT_MANY_MS) this.#wait(LOOK_MS);
    return facts;
  }

  /** Whether a connection is still open; true if that can't be known. */
  isThere(address: string): boolean {
    return this.#isOver || (this.#accepted?.has(address) ?? true);
  }

  /** Looks at once. */
  hurry(): void {
    if (this.#accepted !== undefined && !this.#isOver) this.#wait(0);
  }

  /** Ends a connection at once, whatever it is sending: nothing more is read from it. */
  cut(address: string): void {
    if (this.#isOver) return;
    for (const accepted of this.#accepted?.look() ?? []) {
      if (accepted.address === address) this.#sockets?.reset(accepted.descriptor);
    }
  }

  /** Ends all connections. */
  endAll(): void {
    if (this.#isOver) return;
    for (const { descriptor } of this.#accepted?.look() ?? []) this.#sockets?.shutDown(descriptor);
  }

  /** Looks no more. */
  [Symbol.dispose](): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#sockets?.[Symbol.dispose]();
  }

  #wait(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#delayMs = delayMs;
    this.#timer = setTimeout(() => {
      const count = this.#look();
      this.#wait(this.#delayFor(count));
    }, delayMs);
  }

  #delayFor(count: number): number {
    if (count === 0) return REST_MS;
    if (count > this.#maxConnections * CROWD) return HURRY_MS;
    if (count > MANY) return LOOK_AT_MANY_MS;
    return this.#hasLarge() ? HURRY_MS : LOOK_MS;
  }

  /**
   * Whether somebody may send large messages: within half a second, hundreds of megabytes could
   * arrive for nothing.
   */
  #hasLarge(): boolean {
    return this.#facts.values().some(({ unfinishedBytes }) => unfinishedBytes !== undefined);
  }

  /** Returns the number of connections that stay. */
  #look(): number {
    const present = new Set(this.#accepted?.look() ?? []);
    this.#forget(present);
    const now = performance.now();
    // If this program was held up, nobody is blamed for that.
    const passedMs = Math.min(now - this.#lookedAt, 2 * this.#delayMs);
    this.#lookedAt = now;
    let staying = 0;
    for (const accepted of present) if (!this.#judge(accepted, passedMs)) staying++;
    return staying - this.#endOldest(staying - this.#maxConnections);
  }

  /** Whether the connection has to be ended. */
  #judge(accepted: Accepted, passedMs: number): boolean {
    const known = this.#verdicts.get(accepted);
    const verdict = known ?? new Verdict(this.#limits);
    if (known === undefined) this.#verdicts.set(accepted, verdict);
    if (verdict.isFinal) return true;
    const facts = this.#facts.get(accepted.address);
    const reason = verdict.consider({
      traffic: this.#sockets?.traffic(accepted.descriptor),
      facts,
      passedMs: known === undefined ? 0 : passedMs,
    });
    if (facts !== undefined) facts.isTaking = verdict.isTaking;
    if (facts !== undefined && verdict.isFlood) facts.isFlooding = true;
    if (reason !== undefined) this.#end(accepted, reason);
    return verdict.isFinal;
  }

  /**
   * Forgets clients that are gone. A client that appeared only now may not be among the connections
   * seen.
   */
  #forget(present: ReadonlySet<Accepted>): void {
    const addresses = new Set(Array.from(present, ({ address }) => address));
    for (const accepted of this.#verdicts.keys()) {
      if (!present.has(accepted)) this.#verdicts.delete(accepted);
    }
    for (const address of this.#facts.keys()) {
      if (!addresses.has(address) && !this.#met.has(address)) this.#facts.delete(address);
    }
    this.#met.clear();
  }

  /** Ends those that have been idle longest; returns their number. */
  #endOldest(count: number): number {
    if (count <= 0) return 0;
    const idle = [...this.#verdicts].filter(([{ address }, { isFinal }]) => {
      return !isFinal && (this.#facts.get(address)?.active ?? 0) === 0;
    });
    const oldest = idle.sort(([, a], [, b]) => b.idleMs - a.idleMs).slice(0, count);
    const reason = `is one of more than ${this.#maxConnections}`;
    for (const [accepted] of oldest) this.#end(accepted, reason);
    return oldest.length;
  }

  #end(accepted: Accepted, reason: string): void {
    const verdict = this.#verdicts.get(accepted);
    if (verdict === undefined) return;
    verdict.isFinal = true;
    this.#sockets?.shutDown(accepted.descriptor);
    this.#log.debug(`Disconnected ${accepted.address}: it ${reason}`);
  }
}
