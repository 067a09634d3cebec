import type { Frame } from "../frame/frame.ts";
import type { Failure } from "../frame/source_error.ts";

/** How a camera is. */
export type CameraStatus =
  /** Nobody watches. */
  | { state: "closed" }
  /** Opened, but no frame has come yet. */
  | { state: "opening" }
  /** Frames come. */
  | { state: "live" }
  /** It gives no frames; it is opened again at `retryAt`, in milliseconds since 1970. */
  | { state: "failed"; retryAt: number } & Failure;

/** Somebody who wants a camera's frames. */
export interface CameraSubscriber {
  /** Called for each frame. Who keeps it longer than this call holds it first. */
  onFrame(frame: Frame): void;
  /** Called when the status changes. */
  onStatus(status: CameraStatus): void;
}

/** Who wants a camera's frames, and who wants to know how it is. */
export class Audience {
  readonly #subscribers = new Set<CameraSubscriber>();
  readonly #observers = new Set<(status: CameraStatus) => void>();
  #status: CameraStatus = { state: "closed" };

  /** What they were told last. */
  get status(): CameraStatus {
    return this.#status;
  }

  /** Whether anybody wants frames. */
  get wantsFrames(): boolean {
    return this.#subscribers.size > 0;
  }

  /** From now on gets frames. */
  add(subscriber: CameraSubscriber): void {
    this.#subscribers.add(subscriber);
  }

  /** Gets nothing more. Returns whether it did until now. */
  remove(subscriber: CameraSubscriber): boolean {
    return this.#subscribers.delete(subscriber);
  }

  /** Nobody gets frames any more. */
  clear(): void {
    this.#subscribers.clear();
  }

  /** Calls a function when the status changes, until the function that it returns is called. */
  observe(onStatus: (status: CameraStatus) => void): () => void {
    this.#observers.add(onStatus);
    return () => void this.#observers.delete(onStatus);
  }

  /** Tells everybody how the camera is now. */
  tell(status: CameraStatus): void {
    this.#status = status;
    for (const observer of this.#observers) observer(status);
    for (const subscriber of this.#subscribers) subscriber.onStatus(status);
  }

  /** Hands a frame to all who want it. */
  deliver(frame: Frame): void {
    for (const subscriber of this.#subscribers) subscriber.onFrame(frame);
  }
}
