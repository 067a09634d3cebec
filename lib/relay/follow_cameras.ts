import { type Logger, printable } from "../log.ts";
import { quote } from "../protocol/quote.ts";
import type { Cameras } from "../stream/cameras.ts";
import type { ServedCamera } from "../stream/served_camera.ts";
import type { Directory } from "./directory.ts";

export interface FollowOptions {
  /** The cameras that viewers can see; updated here. */
  cameras: Cameras;
  /** Makes everything between a camera with that name and its viewers. */
  open: (camera: string) => ServedCamera;
  /** Whether a publisher is this program itself, whose cameras are offered already. */
  isOwn: (instance: string | undefined) => boolean;
  /** Receives changes. */
  log: Logger;
}

/** A removed camera stays listed while it has viewers, who wait for it. */
const LOOK_MS = 500;
/** More cameras would fit on no page. */
const MAX_CAMERAS = 1000;

/**
 * Offers every camera published on a broker, as they come and go.
 *
 * @returns a function that ends this; the cameras stay as they are
 */
export function followCameras(directory: Directory, options: FollowOptions): () => void {
  const follower = new Follower(directory, options);
  const stop = directory.observe((camera) => follower.lookAt(camera));
  const timer = setInterval(() => follower.look(), LOOK_MS);
  follower.look();
  return () => {
    stop();
    clearInterval(timer);
  };
}

class Follower {
  readonly #directory: Directory;
  readonly #options: FollowOptions;
  /** The cameras offered through this broker. */
  readonly #ours = new Map<string, ServedCamera>();
  /** The cameras that can't be offered; this was logged. */
  readonly #said = new Set<string>();

  constructor(directory: Directory, options: FollowOptions) {
    this.#directory = directory;
    this.#options = options;
  }

  look(): void {
    for (const camera of this.#directory.cameras.sort()) this.lookAt(camera);
    for (const camera of [...this.#ours.keys(), ...this.#said]) this.lookAt(camera);
  }

  lookAt(camera: string): void {
    const served = this.#ours.get(camera);
    if (!this.#directory.has(camera)) {
      this.#said.delete(camera);
      if (served?.size === 0) this.#remove(camera, served);
    } else if (served === undefined && this.#ours.size < MAX_CAMERAS) this.#add(camera);
  }

  #add(camera: string): void {
    const { cameras, open, log } = this.#options;
    const refusal = refusalOf(camera, cameras);
    if (refusal !== undefined) return this.#leaveOut(camera, refusal);
    const served = open(camera);
    this.#ours.set(camera, served);
    cameras.add(served);
    log.info(`Camera ${camera} has appeared`);
  }

  /** Logs once that a camera is not offered, unless it is offered in another way. */
  #leaveOut(camera: string, refusal: string): void {
    const { cameras, isOwn, log } = this.#options;
    const directory = this.#directory;
    const { source } = cameras.get(camera) ?? {};
    const isOffered = source === `${directory.name}/${camera}` ||
      isOwn(directory.find(camera)?.instance);
    if (this.#said.has(camera) || isOffered) return;
    this.#said.add(camera);
    log.warn(`Camera ${quote(camera)} of ${directory.name} is left out: ${refusal}`);
  }

  #remove(camera: string, served: ServedCamera): void {
    const { cameras, log } = this.#options;
    this.#ours.delete(camera);
    // Another camera may have replaced it.
    if (cameras.get(camera) === served) void cameras.remove(camera);
    log.info(`Camera ${camera} has disappeared`);
  }
}

/** Why a camera with that name can't be offered; `undefined` if it can. */
function refusalOf(camera: string, cameras: Cameras): string | undefined {
  // In the page's address it stands for all cameras.
  if (camera === "*") return "a camera can't have that name";
  if (printable(camera) !== camera) return "its name has invisible characters";
  return cameras.get(camera) ? "there is already a camera with that name" : undefined;
}
