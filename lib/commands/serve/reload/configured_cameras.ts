import { type CameraConfig, isEveryCamera } from "../../../config/camera_config.ts";
import type { Cameras } from "../../../stream/cameras.ts";
import type { ServedCamera } from "../../../stream/served_camera.ts";

export interface ConfiguredCamerasOptions {
  /**
   * Makes everything between a camera and its viewers.
   *
   * @param ready resolves when a device that another camera used can be opened
   */
  open: (config: CameraConfig, ready: Promise<void> | undefined) => Promise<ServedCamera>;
  /** Serves all cameras of a broker as they come and go, until the returned function is called. */
  follow: (config: CameraConfig, onOpen: (served: ServedCamera) => void) => () => void;
}

/** Counts of cameras added, removed and replaced. */
export interface CameraChanges {
  /** Of a new name. */
  added: number;
  /** Cameras with the same name, but another source or other settings. */
  changed: number;
  /** No longer wanted. */
  removed: number;
}

interface Configured {
  config: string;
  served: ServedCamera;
}

/** A broker whose cameras are all served. */
interface Followed {
  stop: () => void;
  brought: Set<ServedCamera>;
}

/**
 * The cameras that the configuration names, through its changes: an unchanged camera isn't touched.
 */
export class ConfiguredCameras implements Disposable {
  readonly #cameras: Cameras;
  readonly #options: ConfiguredCamerasOptions;
  #configured: ReadonlyMap<string, Configured> = new Map();
  readonly #followed = new Map<string, Followed>();

  constructor(cameras: Cameras, options: ConfiguredCamerasOptions) {
    this.#cameras = cameras;
    this.#options = options;
  }

  /**
   * Serves exactly these cameras, besides those that brokers provide.
   *
   * @returns the changes, when all removed cameras are closed
   * @throws {Error} when a camera can't be served; then nothing has changed
   */
  async apply(configs: readonly CameraConfig[]): Promise<CameraChanges> {
    const before = this.#configured;
    const closed = Promise.withResolvers<void>();
    const named = configs.filter((config) => !isEveryCamera(config));
    const next = await this.#takeAll(named, closed.promise);
    this.#configured = next;
    const every = new Map(
      configs.filter(isEveryCamera).map((each) => [JSON.stringify(each), each]),
    );
    this.#unfollow((key) => !every.has(key));
    const brought = new Set([...this.#followed.values()].flatMap((each) => [...each.brought]));
    // If two have the same name, the configured one wins.
    const free = this.#cameras.all.filter((each) => brought.has(each) && !next.has(each.name));
    const own = Array.from(next.values(), ({ served }) => served);
    const gone = this.#cameras.arrange([...own, ...free]);
    for (const [key, config] of every) this.#follow(key, config);
    await gone.finally(closed.resolve);
    return changesOf(before, next);
  }

  [Symbol.dispose](): void {
    this.#unfollow(() => true);
  }

  /** The cameras by name; if one of them can't be opened, those that were are closed again. */
  async #takeAll(
    configs: readonly CameraConfig[],
    ready: Promise<void>,
  ): Promise<ReadonlyMap<string, Configured>> {
    const taken = await Promise.allSettled(configs.map((each) => this.#take(each, ready)));
    const next = new Map(taken.flatMap((each) => each.status === "fulfilled" ? [each.value] : []));
    const failed = taken.find((each) => each.status === "rejected");
    if (failed === undefined) return next;
    const opened = [...next].filter(([name, each]) => this.#configured.get(name) !== each);
    await Promise.all(opened.map(([, { served }]) => served.close()));
    throw failed.reason;
  }

  /** The camera that is served already, or a new one in its place. */
  async #take(config: CameraConfig, ready: Promise<void>): Promise<[string, Configured]> {
    const text = JSON.stringify(config);
    const before = this.#configured.get(config.name);
    if (before?.config === text) return [config.name, before];
    const mayBeHeld = this.#configured.size > 0;
    const served = await this.#options.open(config, mayBeHeld ? ready : undefined);
    return [config.name, { config: text, served }];
  }

  #follow(key: string, config: CameraConfig): void {
    if (this.#followed.has(key)) return;
    const brought = new Set<ServedCamera>();
    const stop = this.#options.follow(config, (served) => brought.add(served));
    this.#followed.set(key, { stop, brought });
  }

  #unfollow(isUnwanted: (key: string) => boolean): void {
    for (const [key, { stop }] of this.#followed) {
      if (!isUnwanted(key)) continue;
      stop();
      this.#followed.delete(key);
    }
  }
}

function changesOf(
  before: ReadonlyMap<string, Configured>,
  after: ReadonlyMap<string, Configured>,
): CameraChanges {
  const names = [...after.keys()];
  return {
    added: names.filter((name) => !before.has(name)).length,
    changed:
      names.filter((name) => before.has(name) && before.get(name) !== after.get(name)).length,
    removed: [...before.keys()].filter((name) => !after.has(name)).length,
  };
}
