import type { Link } from "../../lib/stream/viewer/link.ts";
import { Viewer, type ViewerOptions } from "../../lib/stream/viewer/viewer.ts";

/** A connection that writes down what it is sent, instead of sending it anywhere. */
export class FakeLink implements Link {
  /** Bytes that were not taken. */
  pending = 0;
  /** Whether it is taking some of them. */
  isTaking = false;
  /** Whether it has not read what it was sent. */
  isBehind = false;
  /** The messages that were sent. */
  readonly messages: (string | Uint8Array<ArrayBuffer>)[] = [];
  /** Why it was disconnected, each time. */
  readonly drops: string[] = [];
  /** Called when it is disconnected. */
  onDrop = (): void => {};

  /** The texts among the sent messages. */
  get texts(): string[] {
    return this.messages.filter((message) => typeof message === "string");
  }

  send(message: string | Uint8Array<ArrayBuffer>): void {
    this.messages.push(message);
  }

  drop(reason: string): void {
    this.drops.push(reason);
    this.onDrop();
  }
}

/** A viewer without a connection. */
export class FakeViewer extends Viewer {
  readonly #link: FakeLink;

  constructor(options?: ViewerOptions) {
    const link = new FakeLink();
    super(link, options);
    this.#link = link;
  }

  /** The messages that it was sent. */
  get messages(): readonly (string | Uint8Array<ArrayBuffer>)[] {
    return this.#link.messages;
  }

  /** The texts among what it was sent. */
  get texts(): readonly string[] {
    return this.#link.texts;
  }

  /** Why it was disconnected, each time. */
  get drops(): readonly string[] {
    return this.#link.drops;
  }

  /** Bytes that it has not taken. */
  set pending(bytes: number) {
    this.#link.pending = bytes;
  }

  /** Whether it is taking some of them. */
  set isTaking(isTaking: boolean) {
    this.#link.isTaking = isTaking;
  }

  /** Called when it is disconnected. */
  set onDrop(callback: () => void) {
    this.#link.onDrop = callback;
  }
}
