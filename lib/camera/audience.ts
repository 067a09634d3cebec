import type { CameraStatus, CameraSubscriber } from "./camera_status.ts";

/** Everybody who watches a camera, or wants to know how it is. */
export class Audience {
  readonly #subscribers = new Set<CameraSubscriber>();
  readonly #observers = new Set<(status: CameraStatus) => void>();
  #status: CameraStatus = { state: "closed" };

  /** The status that everybody was told last. */
  get status(): CameraStatus {
    return this.#status;
  }

  /** Those who take its frames and pictures. */
  get subscribers(): Iterable<CameraSubscriber> & Pick<Set<CameraSubscriber>, "size"> {
    return this.#subscribers;
  }

  /** Whether somebody wants the pictures of its own H.264. */
  get wantsVideo(): boolean {
    for (const { onVideo } of this.#subscribers) if (onVideo !== undefined) return true;
    return false;
  }

  /** Whether somebody wants frames. */
  get wantsFrames(): boolean {
    for (const { onVideo } of this.#subscribers) if (onVideo === undefined) return true;
    return false;
  }

  /** Adds somebody; returns a function that removes them, and says whether they were still here. */
  add(subscriber: CameraSubscriber): () => boolean {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  }

  /** Calls a function when the status changes, until the returned function is called. */
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

  /** Removes everybody who takes frames. */
  clear(): void {
    this.#subscribers.clear();
  }
}
