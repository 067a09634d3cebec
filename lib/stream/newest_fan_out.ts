import { setImmediate } from "node:timers";
import type { EncodedPicture } from "../encoder/encoder.ts";
import type { FanOut, FanOutOptions } from "./fan_out.ts";
import { Picture } from "./picture.ts";
import type { Recipient } from "./recipient.ts";

/** The number of messages that are written before more are made. */
const AT_ONCE = 4;

/** Hands on pictures that each stand for themselves: to everybody the newest, and nothing older. */
export class NewestFanOut implements FanOut {
  readonly #options: FanOutOptions;
  /** The newest picture, while the camera is live and somebody wants it. */
  #newest: Picture | undefined;
  #last: Picture | undefined;
  #isSending = false;

  /** There is no picture yet. */
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
   * Offers the newest picture to each recipient, and once more to those who were offered one that is not
   * the newest any more. A few at a time: the runtime copies a message for each, and copies that are
   * written before the next are made stay in the processor's cache.
   */
  async #send(): Promise<void> {
    this.#isSending = true;
    const { recipients, tally } = this.#options;
    let sent = 0;
    let picture: Picture | undefined;
    while (picture !== this.#newest) {
      picture = this.#newest;
      for (const recipient of recipients) {
        // Another one may have come meanwhile.
        if (this.#newest === undefined) break;
        if (!recipient.offer(this.#newest, tally) || ++sent % AT_ONCE !== 0) continue;
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    }
    this.#isSending = false;
  }
}
