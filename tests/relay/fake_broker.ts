import type { Logger } from "../../lib/log.ts";
import type { BrokerLink } from "../../lib/relay/broker/broker.ts";
import type { BrokerMessage } from "../../lib/relay/broker/broker_message.ts";

/** A message that was published. */
export interface Sent {
  subject: string;
  data: Uint8Array<ArrayBuffer>;
  headers: Readonly<Record<string, string>>;
}

/** A broker in memory, which confirms nothing by itself. */
export interface FakeBroker extends BrokerLink {
  connectedAt: number | undefined;
  problem: string | undefined;
  maxPayload: number;
  roundTripMs: { last: number; least: number };
  readonly sent: Sent[];
  readonly refused: Set<string>;
  /** Calls for a new connection. */
  reconnects: number;
  /** Calls for a look at the server's limits. */
  renewals: number;
  /** The number of listeners. */
  readonly listening: number;
  /** The texts that were sent to a subject. */
  texts(subject: string): string[];
  /** Confirms the oldest message that isn't yet. */
  confirmNext(): void;
  /** Tells everybody that the connection has come or gone. */
  notify(): void;
  /** A message from somebody else. */
  deliver(subject: string, data: Uint8Array | string, headers?: Record<string, string>): void;
}

/** A message as a broker hands it over. */
export function messageOf(
  subject: string,
  data: Uint8Array | string,
  headers: Readonly<Record<string, string>> = {},
): BrokerMessage {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : new Uint8Array(data);
  return { subject, data: bytes, header: (name) => headers[name] ?? "" };
}

/** A broker that is connected, and takes messages of any size. */
export function createFakeBroker(): FakeBroker {
  const listeners = new Set<{ subject: string; onMessage: (message: BrokerMessage) => void }>();
  const observers = new Set<() => void>();
  const unconfirmed: (() => void)[] = [];
  const broker: FakeBroker = {
    name: "nats://fake:4222",
    connectedAt: performance.now(),
    problem: undefined,
    maxPayload: Infinity,
    roundTripMs: { last: 1, least: 1 },
    sent: [],
    refused: new Set(),
    reconnects: 0,
    renewals: 0,
    get listening() {
      return listeners.size;
    },
    isRefused: (subject) => broker.refused.has(subject),
    observe(observer) {
      observers.add(observer);
      return () => void observers.delete(observer);
    },
    listen(subject, onMessage) {
      const listener = { subject, onMessage };
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    publish(subject, data, headers = {}) {
      if (broker.connectedAt === undefined) return false;
      broker.sent.push({ subject, data: new Uint8Array(data), headers });
      return true;
    },
    confirm: () => new Promise((resolve) => unconfirmed.push(() => resolve(true))),
    reconnect: () => void broker.reconnects++,
    renew: () => void broker.renewals++,
    texts: (subject) =>
      broker.sent.filter((each) => each.subject === subject)
        .map(({ data }) => new TextDecoder().decode(data)),
    confirmNext: () => unconfirmed.shift()?.(),
    notify: () => observers.forEach((observer) => observer()),
    deliver(subject, data, headers) {
      for (const listener of [...listeners]) {
        const pattern = listener.subject.replaceAll(".", "\\.").replaceAll("*", "[^.]+");
        if (new RegExp(`^${pattern}$`).test(subject)) {
          listener.onMessage(messageOf(subject, data, headers));
        }
      }
    },
  };
  return broker;
}

/** A log that keeps its lines. */
export function createFakeLog(): { lines: string[]; log: Logger } {
  const lines: string[] = [];
  const keep = (message: string): void => void lines.push(message);
  return { lines, log: { debug: keep, info: keep, warn: keep, error: keep } };
}
