import type { BrokerLink } from "./broker/broker.ts";
import { bytesOf, newId, type Want } from "./broker/messages.ts";
import type { Directory } from "./directory.ts";

export interface WantingOptions {
  /** The subject for the message. */
  subject: string;
  /** The broker's connection. */
  broker: BrokerLink;
  /** The publishers on it. */
  directory: Directory;
}

const WANT_MS = 2000;

/** Tells a camera's publisher that there are viewers here. */
export class Wanting {
  readonly #camera: string;
  readonly #options: WantingOptions;
  readonly #edge = newId();

  constructor(camera: string, options: WantingOptions) {
    this.#camera = camera;
    this.#options = options;
  }

  /**
   * Sends the message repeatedly, and to each new publisher and connection.
   *
   * @param onLook called whenever it may have become possible or impossible to get pictures
   * @param onConnected called for each new connection, before that
   * @returns a function that ends it
   */
  keep(onLook: () => void, onConnected: () => void): () => void {
    const { broker, directory } = this.#options;
    let followed = this.#instance;
    const stops = [
      broker.observe(() => {
        if (broker.connectedAt !== undefined) {
          onConnected();
          this.say();
        }
        onLook();
      }),
      directory.observe((camera) => {
        if (camera !== this.#camera) return;
        if (this.#instance !== followed) this.say();
        followed = this.#instance;
        onLook();
      }),
    ];
    const timer = setInterval(() => {
      this.say();
      onLook();
    }, WANT_MS);
    this.say();
    return () => {
      clearInterval(timer);
      for (const stop of stops) stop();
    };
  }

  /** Sends the message once; with `end`, it says that there are no viewers left. */
  say(more: Pick<Want, "end"> = {}): void {
    const instance = this.#instance;
    const message: Want = { edge: this.#edge, ...(instance ? { instance } : {}), ...more };
    this.#options.broker.publish(this.#options.subject, bytesOf(message));
  }

  get #instance(): string | undefined {
    return this.#options.directory.find(this.#camera)?.instance;
  }
}
