import type { NatsConnection, Subscription } from "@nats-io/nats-core/internal";
import type { Logger } from "../../log.ts";
import { type BrokerMessage, toMessage } from "./broker_message.ts";

/** A subscription that every connection is to have, and its counterpart in the present one. */
interface Listener {
  readonly subject: string;
  readonly onMessage: (message: BrokerMessage) => void;
  subscription?: Subscription;
}

/**
 * The subscriptions on a broker, on one connection after the other.
 *
 * @internal
 */
export class Subscriptions {
  readonly #log: Logger;
  readonly #listeners = new Set<Listener>();
  #connection: NatsConnection | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Listens to everything on a new connection. */
  begin(connection: NatsConnection): void {
    this.#connection = connection;
    for (const listener of this.#listeners) this.#subscribe(listener);
  }

  /** Listens to a subject on this and all later connections, until the function that it returns is called. */
  add(subject: string, onMessage: (message: BrokerMessage) => void): () => void {
    const listener: Listener = { subject, onMessage };
    this.#listeners.add(listener);
    this.#subscribe(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#connection?.isClosed() === false) listener.subscription?.unsubscribe();
    };
  }

  #subscribe(listener: Listener): void {
    const connection = this.#connection;
    if (connection === undefined || connection.isClosed()) return;
    listener.subscription = connection.subscribe(listener.subject, {
      callback: (error, message) => {
        // An exception here would end the client's reading, and nobody would be told.
        try {
          if (!error) listener.onMessage(toMessage(message));
        } catch (error) {
          this.#log.error(`Cannot take message on ${listener.subject}: ${String(error)}`);
        }
      },
    });
  }
}
