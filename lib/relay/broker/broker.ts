import type { NatsConnection } from "@nats-io/nats-core/internal";
import { sleep } from "../../time/sleep.ts";
import type { Logger } from "../../log.ts";
import type { BrokerAddress } from "../../protocol/relay_url.ts";
import type { BrokerMessage } from "./broker_message.ts";
import { Confirmations } from "./confirmations.ts";
import type { dial, newHeaders } from "./dial.ts";
import { explainBroker } from "./explain_broker.ts";
import { Refusals } from "./refusals.ts";
import { Subscriptions } from "./subscriptions.ts";

export interface BrokerOptions {
  /** Receives changes. */
  log: Logger;
  /** A credentials file, for an address without a user. */
  creds?: string | undefined;
  /** Opens a connection. @default {dial} */
  dial?: typeof dial;
}

/** A broker's connection, as the rest of the program sees it. */
export type BrokerLink = Omit<Broker, "close" | "counters" | typeof Symbol.asyncDispose>;

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 2000;
/** A connection that lasts this long has worked. */
const WORKED_MS = 5000;
const MEASURE_MS = 5000;
const MAX_OTHERS = 16;
const SAY_LATE_MS = 60_000;
/** A connection is renewed no more often than this. */
const RENEW_MS = 10_000;

/**
 * A connection to a NATS server that is kept alive: reopened for ever when it ends, with all
 * subscriptions. Nothing is queued while there is no connection: messages are dropped then.
 */
export class Broker implements AsyncDisposable {
  /** The server's address, without passwords. */
  readonly name: string;
  readonly #address: BrokerAddress;
  readonly #options: BrokerOptions;
  readonly #subscriptions: Subscriptions;
  readonly #observers = new Set<() => void>();
  readonly #ending = new AbortController();
  readonly #running: Promise<void>;
  readonly #confirmations = new Confirmations();
  readonly #refusals: Refusals;
  #connection: NatsConnection | undefined;
  #newHeaders: typeof newHeaders | undefined;
  #connectedAt = 0;
  #problem: string | undefined;
  #saidProblem: string | undefined;
  #isLeaving = false;
  #saidLateAt = -Infinity;
  #others: string[] = [];
  #counters = { connections: 0, sentBytes: 0 };

  constructor(address: BrokerAddress, options: BrokerOptions) {
    this.name = address.shown;
    this.#address = address;
    this.#options = options;
    const { log } = options;
    this.#subscriptions = new Subscriptions(log);
    this.#refusals = new Refusals({ name: this.name, log, onRefused: () => this.#notify() });
    this.#running = this.#keepConnected();
  }

  /**
   * The start of the connection, on the clock of `performance.now`; `undefined` if there is none.
   */
  get connectedAt(): number | undefined {
    return this.#connection && this.#connectedAt;
  }

  /**
   * Why there is no connection, in words that follow the server's address; `undefined` until known.
   */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** The server's response time, in milliseconds: the last one, and the best of this connection. */
  get roundTripMs(): Readonly<{ last: number; least: number }> {
    return this.#confirmations.roundTripMs;
  }

  /** The largest message that the server accepts, including headers, in bytes. */
  get maxPayload(): number {
    return this.#connection?.info?.max_payload ?? Infinity;
  }

  /** Counts of opened connections, and of bytes of sent messages. */
  get counters(): Readonly<{ connections: number; sentBytes: number }> {
    return this.#counters;
  }

  /** Whether the server forbids us to use a subject. */
  isRefused(subject: string): boolean {
    return this.#refusals.has(subject);
  }

  /** Calls a function when the connection comes or goes, until told to stop. */
  observe(observer: () => void): () => void {
    this.#observers.add(observer);
    return () => void this.#observers.delete(observer);
  }

  /**
   * Listens to a subject on this and all later connections, until the returned function is called.
   */
  listen(subject: string, onMessage: (message: BrokerMessage) => void): () => void {
    return this.#subscriptions.add(subject, onMessage);
  }

  /**
   * Sends a message, or drops it if there is no connection.
   *
   * @returns whether it was sent
   */
  publish(subject: string, data: Uint8Array, headers?: Readonly<Record<string, string>>): boolean {
    const connection = this.#connection;
    if (connection === undefined || connection.isClosed()) return false;
    const fields = headers && this.#newHeaders?.();
    for (const [name, value] of Object.entries(headers ?? {})) fields?.set(name, value);
    try {
      connection.publish(subject, data, fields ? { headers: fields } : {});
    } catch (error) {
      this.#options.log.debug(`Cannot publish on ${subject}: ${String(error)}`);
      return false;
    }
    this.#counters.sentBytes += data.length;
    return true;
  }

  /**
   * Resolves to true when the server has accepted everything so far, to false when it never will.
   * Never rejects.
   */
  confirm(): Promise<boolean> {
    const connection = this.#connection;
    if (connection === undefined || connection.isClosed()) return Promise.resolve(false);
    return this.#confirmations.ask(connection);
  }

  /**
   * Opens a new connection at once in place of this one: what the server still has for us is late.
   */
  reconnect(): void {
    if (this.#connection === undefined || this.#isLeaving) return;
    const now = performance.now();
    if (now - this.#saidLateAt > SAY_LATE_MS) {
      this.#saidLateAt = now;
      this.#options.log.warn(
        `Messages from ${this.name} come late, and are dropped: this line or machine is too slow for ` +
          "so many large pictures",
      );
    }
    this.#leave();
  }

  /**
   * Reconnects now and then, since a server states its limits only at the beginning of a
   * connection.
   */
  renew(): void {
    if (performance.now() - this.#connectedAt > RENEW_MS) this.#leave();
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    if (!this.#ending.signal.aborted && this.#connection) {
      // The last messages are still on their way.
      await Promise.race([this.confirm(), sleep(500, this.#ending.signal)]);
    }
    this.#ending.abort();
    void this.#connection?.close();
    const late = new AbortController();
    await Promise.race([this.#running, sleep(500, late.signal)]);
    late.abort();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Ends this connection in favour of another one. */
  #leave(): void {
    if (this.#connection === undefined || this.#isLeaving) return;
    this.#isLeaving = true;
    void this.#connection.close();
  }

  async #keepConnected(): Promise<void> {
    const { signal } = this.#ending;
    for (let failures = 0; !signal.aborted;) {
      const start = performance.now();
      const { ended, error } = await this.#connectOnce();
      if (signal.aborted) return;
      if (this.#isLeaving && ended) continue;
      this.#isLeaving = false;
      this.#tell(explainBroker(error, this.#address, this.#options), ended);
      failures = performance.now() - start > WORKED_MS ? 0 : failures + 1;
      const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10));
      // Many edges lose a server at the same time, and should not all reconnect at the same time.
      await sleep(wait * (0.5 + Math.random() / 2), signal);
    }
  }

  /** Uses one connection until it ends; `ended` says that there was one. */
  async #connectOnce(): Promise<{ ended: boolean; error: unknown }> {
    let connection: NatsConnection;
    try {
      // The client is loaded only when there is a server to connect to.
      const client = await import("./dial.ts");
      this.#newHeaders = client.newHeaders;
      const { dial: open = client.dial, creds } = this.#options;
      connection = await open(this.#address, { creds, others: this.#others });
    } catch (error) {
      return { ended: false, error };
    }
    if (this.#ending.signal.aborted) {
      await connection.close();
      return { ended: true, error: undefined };
    }
    const watched = this.#refusals.watch(connection);
    this.#begin(connection);
    const timer = setInterval(() => void this.confirm(), MEASURE_MS);
    const error = await connection.closed();
    clearInterval(timer);
    this.#connection = undefined;
    this.#confirmations.lose();
    return { ended: true, error: await watched ?? error };
  }

  #begin(connection: NatsConnection): void {
    const { log } = this.#options;
    this.#connection = connection;
    this.#connectedAt = performance.now();
    this.#counters.connections++;
    this.#problem = undefined;
    this.#saidProblem = undefined;
    this.#others = (connection.info?.connect_urls ?? []).slice(0, MAX_OTHERS);
    log[this.#isLeaving ? "debug" : "info"](
      `Connected to ${this.name} (nats-server ${connection.info?.version ?? "?"})`,
    );
    this.#isLeaving = false;
    this.#subscriptions.begin(connection);
    void this.confirm();
    this.#notify();
  }

  /** An outage is one event, however many attempts it takes. */
  #tell(problem: string, wasConnected: boolean): void {
    this.#problem = wasConnected ? `${problem}; connecting again` : problem;
    const level = problem === this.#saidProblem ? "debug" : "warn";
    this.#saidProblem = problem;
    this.#options.log[level](`${this.name} ${problem}; trying again for ever. More: wscam doctor`);
    this.#notify();
  }

  #notify(): void {
    for (const observer of this.#observers) observer();
  }
}
