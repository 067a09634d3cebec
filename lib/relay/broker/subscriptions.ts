import type { NatsConnection, Subscription } from "@nats-io/nats-core/internal";
import type { Logger } from "../../log.ts";
import { type BrokerMessage, toMessage } from "./broker_message.ts";

/** A subscription for every connection, and its counterpart in the current one. */
interface Listener {
  readonly subject: string;
  readonly onMessage: (message: BrokerMessage) => void;
  subscription?: Subscription;
}

/**
 * The subscriptions on a broker, over successive connections.
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

  /** Subscribes to everything on a new connection. */
  begin(connection: NatsConnection): void {
    this.#connection = connection;
    for (const listener of this.#listeners) this.#subscribe(listener);
  }

  /**
   * Listens to a subject on this and all later connections, until the returned function is called.
   */
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
        // An exception here would end the client's reading without anybody noticing.
        try {
          if (!error) listener.onMessage(toMessage(message));
        } catch (error) {
          this.#log.error(`Cannot take message on ${listener.subject}: ${String(error)}`);
        }
      },
    });
  }
}
