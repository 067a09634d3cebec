import { setImmediate } from "node:timers";
import type { CameraStatus } from "../camera/audience.ts";
import type { EncodedFrame, Rendition } from "../encoder/rendition.ts";
import { errorText } from "../protocol/message.ts";
import { Picture } from "./picture.ts";
import type { Tally, Viewer } from "./viewer.ts";

/** So many messages are written before more are made. */
const AT_ONCE = 4;

/** Options of {@linkcode Broadcaster}. */
export interface BroadcasterOptions {
  /** The camera's name, for messages. */
  name: string;
  /** Called for each picture that is broadcast, with its age in seconds. */
  onBroadcast?: ((ageSeconds: number) => void) | undefined;
}

/** Options of {@linkcode Broadcaster.add}. */
export interface AddOptions {
  /** Whether the viewer knows already how the camera is: it watched another rendition. @default {false} */
  isInformed?: boolean;
}

/**
 * Hands the newest picture of a rendition to each of its viewers. Nothing is queued: a viewer that has
 * not taken its last picture misses this one, and nobody else does.
 */
export class Broadcaster {
  readonly #rendition: Rendition;
  readonly #name: string;
  readonly #onBroadcast: ((ageSeconds: number) => void) | undefined;
  readonly #viewers = new Set<Viewer>();
  /** What the fastest viewer wants. */
  #fps = Infinity;
  #unsubscribe: (() => void) | undefined;
  /** The newest picture, while the camera is live and somebody watches. */
  #newest: Picture | undefined;
  #last: Picture | undefined;
  #isSending = false;
  #hasTold = false;
  readonly #counters: Tally = { sent: 0, dropped: 0, bytes: 0 };

  /** Wants no pictures until there is a viewer. */
  constructor(rendition: Rendition, { name, onBroadcast }: BroadcasterOptions) {
    this.#rendition = rendition;
    this.#name = name;
    this.#onBroadcast = onBroadcast;
  }

  /** How many watch. */
  get size(): number {
    return this.#viewers.size;
  }

  /** Who watches. */
  get viewers(): Iterable<Viewer> {
    return this.#viewers;
  }

  /** The last picture that there was, however long ago. */
  get last(): Picture | undefined {
    return this.#last;
  }

  /** Pictures sent and dropped, and bytes of pictures sent, over all viewers that ever were. */
  get counters(): Readonly<Tally> {
    return this.#counters;
  }

  /** Sends pictures to a viewer, until the function that it returns is called. */
  add(viewer: Viewer, { isInformed = false }: AddOptions = {}): () => void {
    const { status } = this.#rendition;
    if (status.state === "failed") {
      if (!isInformed) viewer.tell(this.#errorText(status.reason));
      this.#hasTold = true;
      this.#rendition.retryNow();
    }
    if (this.#newest !== undefined) viewer.offer(this.#newest, this.#counters);
    this.#viewers.add(viewer);
    this.adapt();
    this.#unsubscribe ??= this.#subscribe();
    return () => this.#remove(viewer);
  }

  /** Has pictures encoded at no more than the rate that the fastest viewer wants. */
  adapt(): void {
    let fastest = 0;
    for (const { delivery } of this.#viewers) {
      fastest = Math.max(fastest, delivery.fps ?? Infinity);
    }
    if (fastest === 0) return;
    this.#fps = fastest;
    this.#rendition.adapt();
  }

  #subscribe(): () => void {
    const fps = (): number => this.#fps;
    return this.#rendition.subscribe({
      get fps() {
        return fps();
      },
      onPicture: (picture) => this.#broadcast(picture),
      onStatus: (status) => this.#tell(status),
    });
  }

  #remove(viewer: Viewer): void {
    if (!this.#viewers.delete(viewer)) return;
    this.adapt();
    if (this.#viewers.size > 0) return;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#newest = undefined;
    this.#hasTold = false;
  }

  #broadcast(frame: EncodedFrame): void {
    this.#newest = this.#last = new Picture(frame, this.#name);
    this.#onBroadcast?.(Date.now() / 1000 - frame.timestamp);
    if (!this.#isSending) void this.#send();
  }

  /**
   * Offers the newest picture to each viewer, and once more to those who were offered one that is not the
   * newest any more. A few at a time: the runtime copies a message for each, and copies that are written
   * before the next are made stay in the processor's cache.
   */
  async #send(): Promise<void> {
    this.#isSending = true;
    let sent = 0;
    let picture: Picture | undefined;
    while (picture !== this.#newest) {
      picture = this.#newest;
      for (const viewer of this.#viewers) {
        // Another one may have come meanwhile.
        if (this.#newest === undefined) break;
        if (!viewer.offer(this.#newest, this.#counters) || ++sent % AT_ONCE !== 0) continue;
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    }
    this.#isSending = false;
  }

  /** Tells of an outage once, however many tries it takes to end it. */
  #tell(status: CameraStatus): void {
    if (status.state !== "failed") {
      this.#hasTold = false;
      return;
    }
    if (this.#hasTold) return;
    this.#hasTold = true;
    this.#newest = undefined;
    const text = this.#errorText(status.reason);
    for (const viewer of this.#viewers) {
      // After these words, a picture would look like the camera's return.
      viewer.forgetWaiting();
      viewer.tell(text);
    }
  }

  #errorText(reason: string): string {
    return errorText(`Camera ${this.#name} ${reason}, trying again every 5 s`);
  }
}
