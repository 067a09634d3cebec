import { quote } from "../protocol/quote.ts";
import type { ServedCamera } from "./served_camera.ts";
import { RenditionBudget } from "./rendition_budget.ts";

/** The cameras that somebody may see: all there are, or a guest's one. */
export interface CameraView {
  /** Bounds how often renditions are begun, over all cameras. */
  readonly budget: RenditionBudget;
  /** The present cameras, the default one first. */
  readonly all: readonly ServedCamera[];
  /** The camera of a name, if it is there and may be seen. */
  get(name: string): ServedCamera | undefined;
  /** Calls a function whenever cameras have come or gone, until the function that it returns is called. */
  observe(onChange: () => void): () => void;
}

/** Says what is wrong with a camera's name, and which ones there are. */
export function unknownCamera({ all }: CameraView, camera: string): string {
  const names = all.map(({ name }) => quote(name)).join(", ");
  return `field 'camera' must be one of ${names}, got ${quote(camera)}`;
}

/** Says that no camera has a name, in words for the client that gave it. */
export function noSuchCamera(cameras: CameraView, camera: string): string {
  return cameras.all.length === 0 ? "there is none yet" : unknownCamera(cameras, camera);
}

/**
 * Every camera that is served. Cameras come, go and are replaced while the program runs; whoever needs to
 * know is told here. The registry owns them: a camera that leaves it is closed.
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
  /** Bounds how often renditions are begun, over all cameras. */
  readonly budget: RenditionBudget = new RenditionBudget();
  #byName = new Map<string, ServedCamera>();
  #all: readonly ServedCamera[] = [];
  readonly #observers = new Set<() => void>();
  /** Cameras that have left, and are not closed yet. */
  readonly #closing = new Set<Promise<void>>();

  /** Serves these to begin with, the default one first. */
  constructor(cameras: readonly ServedCamera[] = []) {
    this.#set(cameras);
  }

  /** The present cameras, the default one first. */
  get all(): readonly ServedCamera[] {
    return this.#all;
  }

  /** The camera of a name, if it is there. */
  get(name: string): ServedCamera | undefined {
    return this.#byName.get(name);
  }

  /**
   * The view of a client that may see one camera only, whether it is there yet or not; all for
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
   * Serves one more camera, behind all others.
   *
   * @throws {RangeError} when there is one of that name
   */
  add(served: ServedCamera): void {
    this.#set([...this.#all, served]);
  }

  /** Serves a camera no more. @returns when it is closed */
  remove(name: string): Promise<void> {
    return this.arrange(this.#all.filter((each) => each.name !== name));
  }

  /**
   * Serves another camera in the place of one, of the same name or a new one. Viewers of that name stay.
   *
   * @returns when the old one is closed
   * @throws {RangeError} when there is another one of the new name
   */
  replace(name: string, served: ServedCamera): Promise<void> {
    return this.arrange(this.#all.map((each) => each.name === name ? served : each));
  }

  /**
   * Serves these cameras and no others, the default one first. All comes and goes at once: nobody sees half
   * of a change, so that a viewer who has named no camera follows one that is renamed.
   *
   * @returns when those that have left are closed
   * @throws {RangeError} when two have the same name; then nothing has changed
   */
  async arrange(cameras: readonly ServedCamera[]): Promise<void> {
    await Promise.all(this.#set(cameras).map((served) => this.#close(served)));
  }

  /** Calls a function whenever cameras have come or gone, until the function that it returns is called. */
  observe(onChange: () => void): () => void {
    this.#observers.add(onChange);
    return () => void this.#observers.delete(onChange);
  }

  /**
   * Begins something for each camera, also for those that come later, and ends it when the camera has gone.
   *
   * @param begin returns what ends it
   * @returns what ends all of it
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

  /** Closes all cameras at once: each may have to wait for an ffmpeg that doesn't want to end. Nobody is told. */
  async close(): Promise<void> {
    this.#observers.clear();
    await this.arrange([]);
    await Promise.all(this.#closing);
  }

  /** Same as {@linkcode Cameras.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @returns the cameras that have left */
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
