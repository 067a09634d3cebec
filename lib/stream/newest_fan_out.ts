import { setImmediate } from "node:timers";
import type { EncodedPicture } from "../encoder/encoder.ts";
import type { FanOut, FanOutOptions } from "./fan_out.ts";
import { Picture } from "./picture.ts";
import type { Recipient } from "./recipient.ts";

/** The number of messages written before more are made. */
const AT_ONCE = 4;

/**
 * Passes on pictures that don't depend on each other: everybody gets the newest one, and never an
 * older one.
 */
export class NewestFanOut implements FanOut {
  readonly #options: FanOutOptions;
  /** The newest picture, while the camera is live and somebody wants it. */
  #newest: Picture | undefined;
  #last: Picture | undefined;
  #isSending = false;

  constructor(options: FanOutOptions) {
    this.#options = options;
  }

  get last(): Picture | undefined {
    return this.#last;
  }

  hand(encoded: EncodedPicture): void {
    this.#newest = this.#last = new Picture(encoded, this.#options.camera);
    if (!this.#isSending) void this.#send();
  }

  greet(recipient: Recipient): void {
    if (this.#newest !== undefined) recipient.offer(this.#newest, this.#options.tally);
  }

  again(): void {
    this.#newest = this.#last;
    if (!this.#isSending) void this.#send();
  }

  rest(): void {
    this.#newest = undefined;
  }

  clear(): void {
    this.#newest = undefined;
  }

  /**
   * Offers the newest picture to each viewer, and again to those whose offer is outdated by then. A
   * few at a time: the runtime copies a message for each viewer, and copies that are written before
   * more are made stay in the processor's cache.
   */
  async #send(): Promise<void> {
    this.#isSending = true;
    const { recipients, tally } = this.#options;
    let sent = 0;
    let picture: Picture | undefined;
    while (picture !== this.#newest) {
      picture = this.#newest;
      for (const recipient of recipients) {
        // A newer one may have come meanwhile.
        if (this.#newest === undefined) break;
        if (!recipient.offer(this.#newest, tally) || ++sent % AT_ONCE !== 0) continue;
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    }
    this.#isSending = false;
  }
}
