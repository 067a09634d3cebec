import { setImmediate } from "node:timers";
import type { CameraStatus } from "../camera/camera.ts";
import type { EncodedFrame, Rendition } from "../encoder/rendition.ts";
import { errorText, imageText } from "../protocol/message.ts";

/** One connection that receives pictures. */
export interface Viewer {
  /** Bytes handed over that the system has not taken yet. */
  readonly pending: number;
  /** Sends one message. Never throws, also when the connection is gone. */
  send(text: string): void;
  /** Ends the connection. */
  drop(reason: string): void;
}

/** How a viewer stands. */
interface Place {
  /** When it had last taken everything. */
  takenAt: number;
  /** The last picture that it was sent, or that was dropped for it. */
  offered: string | undefined;
}

/** So many messages are written before more are made. */
const AT_ONCE = 4;
/** Who takes nothing for so long is disconnected. */
const STALLED_MS = 30_000;

/** Options of {@linkcode Broadcaster}. */
export interface BroadcasterOptions {
  /** The camera's name, for messages. */
  name: string;
  /** Clock in milliseconds that never jumps. @default {performance.now} */
  now?: () => number;
}

/**
 * Hands the newest picture of a rendition to each of its viewers. Nothing is queued: a viewer that has
 * not taken its last picture misses this one, and nobody else does.
 */
export class Broadcaster {
  readonly #rendition: Rendition;
  readonly #name: string;
  readonly #now: () => number;
  readonly #viewers = new Map<Viewer, Place>();
  #unsubscribe: (() => void) | undefined;
  /** The newest picture's message, while the camera is live and somebody watches. */
  #newest: string | undefined;
  #isSending = false;
  #hasTold = false;
  #counters = { sent: 0, dropped: 0 };

  /** Wants no pictures until there is a viewer. */
  constructor(rendition: Rendition, { name, now = () => performance.now() }: BroadcasterOptions) {
    this.#rendition = rendition;
    this.#name = name;
    this.#now = now;
  }

  /** How many watch. */
  get size(): number {
    return this.#viewers.size;
  }

  /** Pictures sent and dropped, over all viewers. */
  get counters(): Readonly<{ sent: number; dropped: number }> {
    return this.#counters;
  }

  /** Sends pictures to a viewer, until the function that it returns is called. */
  add(viewer: Viewer): () => void {
    const { status } = this.#rendition;
    if (status.state === "failed") {
      viewer.send(this.#errorText(status.reason));
      this.#hasTold = true;
      this.#rendition.retryNow();
    }
    if (this.#newest !== undefined) viewer.send(this.#newest);
    this.#viewers.set(viewer, { takenAt: this.#now(), offered: this.#newest });
    this.#unsubscribe ??= this.#rendition.subscribe({
      onPicture: (picture) => this.#broadcast(picture),
      onStatus: (status) => this.#tell(status),
    });
    return () => {
      this.#viewers.delete(viewer);
      if (this.#viewers.size > 0) return;
      this.#unsubscribe?.();
      this.#unsubscribe = undefined;
      this.#newest = undefined;
      this.#hasTold = false;
    };
  }

  #broadcast({ jpeg, timestamp }: EncodedFrame): void {
    this.#newest = imageText(jpeg, timestamp);
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
    let text: string | undefined;
    while (text !== this.#newest) {
      text = this.#newest;
      for (const [viewer, place] of this.#viewers) {
        if (!this.#offer(viewer, place) || ++sent % AT_ONCE !== 0) continue;
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    }
    this.#isSending = false;
  }

  /** Whether the viewer was sent the newest picture. */
  #offer(viewer: Viewer, place: Place): boolean {
    const text = this.#newest;
    if (text === undefined || place.offered === text) return false;
    place.offered = text;
    const now = this.#now();
    if (viewer.pending > 0) {
      this.#counters.dropped++;
      if (now - place.takenAt > STALLED_MS) viewer.drop("No picture was taken for 30 s");
      return false;
    }
    place.takenAt = now;
    this.#counters.sent++;
    viewer.send(text);
    return true;
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
    for (const viewer of this.#viewers.keys()) viewer.send(text);
  }

  #errorText(reason: string): string {
    return errorText(`Camera ${this.#name} ${reason}, trying again every 5 s`);
  }
}
