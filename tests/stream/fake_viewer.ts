import { type Link, Viewer, type ViewerOptions } from "../../lib/stream/viewer.ts";

/** Writes down what it is sent, instead of sending it anywhere. */
class FakeLink implements Link {
  pending = 0;
  readonly texts: string[] = [];
  readonly drops: string[] = [];
  onDrop = (): void => {};

  send(text: string): void {
    this.texts.push(text);
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

  /** What it was sent. */
  get texts(): string[] {
    return this.#link.texts;
  }

  /** Why it was disconnected, each time. */
  get drops(): string[] {
    return this.#link.drops;
  }

  /** Bytes that it has not taken. */
  set pending(bytes: number) {
    this.#link.pending = bytes;
  }

  /** Called when it is disconnected. */
  set onDrop(callback: () => void) {
    this.#link.onDrop = callback;
  }
}
