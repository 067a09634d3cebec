import type { Logger } from "../../log.ts";
import { quote } from "../../protocol/quote.ts";
import type { Announcement } from "../broker/messages.ts";

export interface TwinsOptions {
  /** The camera's name. */
  camera: string;
  /** The server's address, without passwords. */
  broker: string;
  /** Receives them. */
  log: Logger;
}

/** Limits the memory for twins that come and go. */
const MOST = 100;

/**
 * Other wscams that publish a camera with the same name on the same broker: each is reported once.
 */
export class Twins {
  readonly #options: TwinsOptions;
  readonly #instances = new Set<string>();

  constructor(options: TwinsOptions) {
    this.#options = options;
  }

  /** Takes an announcement of another publisher. */
  heard({ instance, host, state }: Pick<Announcement, "instance" | "host" | "state">): void {
    if (state === "gone") {
      this.#instances.delete(instance);
      return;
    }
    if (this.#instances.has(instance)) return;
    if (this.#instances.size > MOST) this.#instances.clear();
    this.#instances.add(instance);
    const { camera, broker, log } = this.#options;
    log.warn(
      `Camera ${quote(camera)} is also published on ${broker} by another wscam, on ` +
        `${quote(host)}: viewers get the one that started first; give each camera a unique name`,
    );
  }
}
