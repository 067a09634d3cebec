import { quote } from "../protocol/quote.ts";
import type { ServedCamera } from "./served_camera.ts";
import { RenditionBudget } from "./rendition_budget.ts";

/** The cameras that a client may see: all of them, or a guest's one. */
export interface CameraView {
  /** Limits how often renditions are started, over all cameras. */
  readonly budget: RenditionBudget;
  /** The current cameras, the default one first. */
  readonly all: readonly ServedCamera[];
  /** The camera with a name, if it is there and may be seen. */
  get(name: string): ServedCamera | undefined;
  /** Calls a function whenever cameras have come or gone, until the returned function is called. */
  observe(onChange: () => void): () => void;
}

/** Says what is wrong with a camera's name, and which ones there are. */
export function unknownCamera({ all }: CameraView, camera: string): string {
  const names = all.map(({ name }) => quote(name)).join(", ");
  return `field 'camera' must be one of ${names}, got ${quote(camera)}`;
}

/** Says that no camera has a name, for the client that gave it. */
export function noSuchCamera(cameras: CameraView, camera: string): string {
  return cameras.all.length === 0 ? "there is none yet" : unknownCamera(cameras, camera);
}

/**
 * The registry of all served cameras. Cameras come, go and are replaced while the program runs, and
 * the registry tells everyone who needs to know. It owns them: a removed camera is closed.
 *
 * @example
 * ```ts
 * await using cameras = new Cameras();
 * cameras.add(new ServedCamera(source, { name: "door", description: "/dev/video0", fps: 10 }));
 * const stop = cameras.each(({ name }) => {
 *   log.info(`${name} has come`);
 *   return () => log.info(`${name} has gone`);
 * });
 * await cameras.remove("door");
 * ```
 */
export class Cameras implements CameraView, AsyncDisposable {
  /** Limits how often renditions are started, over all cameras. */
  readonly budget: RenditionBudget = new RenditionBudget();
  #byName = new Map<string, ServedCamera>();
  #all: readonly ServedCamera[] = [];
  readonly #observers = new Set<() => void>();
  /** Removed cameras that are not closed yet. */
  readonly #closing = new Set<Promise<void>>();

  /** Serves these cameras at first, the default one first. */
  constructor(cameras: readonly ServedCamera[] = []) {
    this.#set(cameras);
  }

  /** The current cameras, the default one first. */
  get all(): readonly ServedCamera[] {
    return this.#all;
  }

  /** The camera with a name, if it is there. */
  get(name: string): ServedCamera | undefined {
    return this.#byName.get(name);
  }

  /**
   * The view of a client that may see only one camera, whether it is there yet or not; all for
   * `undefined`.
   */
  seenBy(camera: string | undefined): CameraView {
    if (camera === undefined) return this;
    const get = (name: string): ServedCamera | undefined =>
      name === camera ? this.get(name) : undefined;
    return {
      budget: this.budget,
      get all() {
        const served = get(camera);
        return served ? [served] : [];
      },
      get,
      observe: (onChange) => this.observe(onChange),
    };
  }

  /**
   * Adds a camera after all others.
   *
   * @throws {RangeError} when there is one with that name
   */
  add(served: ServedCamera): void {
    this.#set([...this.#all, served]);
  }

  /**
   * Removes a camera.
   *
   * @returns when it is closed
   */
  remove(name: string): Promise<void> {
    return this.arrange(this.#all.filter((each) => each.name !== name));
  }

  /**
   * Replaces a camera by another one, with the same name or a new one. Viewers of that name stay.
   *
   * @returns when the old one is closed
   * @throws {RangeError} when there is another one with the new name
   */
  replace(name: string, served: ServedCamera): Promise<void> {
    return this.arrange(this.#all.map((each) => each.name === name ? served : each));
  }

  /**
   * Replaces all cameras by these, the default one first, in a single step: a viewer that has named
   * no camera follows one that is renamed.
   *
   * @returns when the removed ones are closed
   * @throws {RangeError} when two have the same name; then nothing has changed
   */
  async arrange(cameras: readonly ServedCamera[]): Promise<void> {
    await Promise.all(this.#set(cameras).map((served) => this.#close(served)));
  }

  /** Calls a function whenever cameras have come or gone, until the returned function is called. */
  observe(onChange: () => void): () => void {
    this.#observers.add(onChange);
    return () => void this.#observers.delete(onChange);
  }

  /**
   * Begins something for each camera, present or future, and ends it when the camera is removed.
   *
   * @param begin returns a function that ends it
   * @returns a function that ends all of it
   */
  each(begin: (served: ServedCamera) => () => void): () => void {
    const ends = new Map<ServedCamera, () => void>();
    const look = (): void => {
      for (const [served, end] of ends) {
        if (this.get(served.name) === served) continue;
        ends.delete(served);
        end();
      }
      for (const served of this.#all) {
        if (!ends.has(served)) ends.set(served, begin(served));
      }
    };
    const stop = this.observe(look);
    look();
    return () => {
      stop();
      for (const end of ends.values()) end();
      ends.clear();
    };
  }

  /**
   * Closes all cameras at once, since each may have to wait for a slow ffmpeg. No listener is
   * called.
   */
  async close(): Promise<void> {
    this.#observers.clear();
    await this.arrange([]);
    await Promise.all(this.#closing);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * @returns the removed cameras
   */
  #set(cameras: readonly ServedCamera[]): ServedCamera[] {
    const next = new Map(cameras.map((served) => [served.name, served]));
    if (next.size < cameras.length) {
      const names = cameras.map(({ name }) => quote(name)).join(", ");
      throw new RangeError(`Cannot serve cameras: each needs a name of its own, got ${names}`);
    }
    const gone = this.#all.filter((served) => next.get(served.name) !== served);
    this.#byName = next;
    this.#all = [...cameras];
    for (const onChange of this.#observers) onChange();
    return gone;
  }

  #close(served: ServedCamera): Promise<void> {
    const closing = served.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
    return closing;
  }
}
