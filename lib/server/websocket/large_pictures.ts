import type { Logger } from "../../log.ts";
import { quote } from "../../protocol/quote.ts";
import { atMostEvery } from "../../time/at_most_every.ts";

/** A client that reconnects endlessly would fill the log. */
const WARN_EVERY_MS = 60_000;
/** Cameras come and go: at most this many names are remembered. */
const MOST = 1000;

/** Logs that pictures are too large for a client, and what to do. */
export class LargePictures {
  readonly #log: Logger;
  readonly #warn: (message: string) => void;
  readonly #told = new Set<string>();

  constructor(log: Logger) {
    this.#log = log;
    this.#warn = atMostEvery(WARN_EVERY_MS, log.warn);
  }

  /**
   * Viewers that ask for nothing get smaller pictures than the camera's; logged once for each
   * camera.
   */
  fitted(camera: string): void {
    if (this.#told.has(camera)) return;
    if (this.#told.size >= MOST) this.#told.clear();
    this.#told.add(camera);
    this.#log.info(
      `Pictures of camera ${
        quote(camera)
      } are over 1 MiB as text, where many clients stop: viewers that ask ` +
        "for nothing get smaller ones; with 'format=binary', 'ack=1', 'quality' or 'width' they get what they ask for",
    );
  }

  /** A client has closed its connection, apparently because a message was too large for it. */
  refused(address: string): void {
    this.#warn(
      `${address} has disconnected during a picture that seems to be too large for its library (1009): ` +
        "raise its limit (Python: 'max_size=None'), or ask for less ('width=640', 'quality=60')",
    );
  }
}
