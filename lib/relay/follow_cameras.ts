import { type Logger, printable } from "../log.ts";
import { quote } from "../protocol/quote.ts";
import type { Cameras } from "../stream/cameras.ts";
import type { ServedCamera } from "../stream/served_camera.ts";
import type { Directory } from "./directory.ts";

/** Options of {@linkcode followCameras}. */
export interface FollowOptions {
  /** The cameras that viewers can see; kept up to date here. */
  cameras: Cameras;
  /** Makes what stands between a camera of that name and its viewers. */
  open: (camera: string) => ServedCamera;
  /** Whether a publisher is this program itself, whose cameras are offered already. */
  isOwn: (instance: string | undefined) => boolean;
  /** Receives changes. */
  log: Logger;
}

/** A camera that is gone stays listed while it has viewers, who wait for it. */
const LOOK_MS = 500;
/** More would not fit on anybody's page. */
const MAX_CAMERAS = 1000;

/**
 * Offers every camera that is published on a broker, as they come and go.
 *
 * @returns what ends that; the cameras stay as they are
 */
export function followCameras(
  directory: Directory,
  { cameras, open, isOwn, log }: FollowOptions,
): () => void {
  const ours = new Map<string, ServedCamera>();
  const said = new Set<string>();
  function add(camera: string): void {
    const refusal = refusalOf(camera, cameras);
    if (refusal !== undefined) {
      const { source } = cameras.get(camera) ?? {};
      const isOffered = source === `${directory.name}/${camera}` ||
        isOwn(directory.find(camera)?.instance);
      if (said.has(camera) || isOffered) return;
      said.add(camera);
      log.warn(`Camera ${quote(camera)} of ${directory.name} is left out: ${refusal}`);
      return;
    }
    const served = open(camera);
    ours.set(camera, served);
    cameras.add(served);
    log.info(`Camera ${camera} has appeared`);
  }
  function remove(camera: string, served: ServedCamera): void {
    ours.delete(camera);
    // Another one may have been put in its place.
    if (cameras.get(camera) === served) void cameras.remove(camera);
    log.info(`Camera ${camera} has disappeared`);
  }
  function lookAt(camera: string): void {
    const served = ours.get(camera);
    if (!directory.has(camera)) {
      said.delete(camera);
      if (served?.size === 0) remove(camera, served);
    } else if (served === undefined && ours.size < MAX_CAMERAS) add(camera);
  }
  function look(): void {
    for (const camera of directory.cameras.sort()) lookAt(camera);
    for (const camera of [...ours.keys(), ...said]) lookAt(camera);
  }
  const stop = directory.observe(lookAt);
  const timer = setInterval(look, LOOK_MS);
  look();
  return () => {
    stop();
    clearInterval(timer);
  };
}

/** Why a camera of that name can't be offered, if it can't. */
function refusalOf(camera: string, cameras: Cameras): string | undefined {
  // In the page's address it stands for all cameras.
  if (camera === "*") return "no camera can be called that";
  if (printable(camera) !== camera) return "its name has characters that can't be seen";
  return cameras.get(camera) ? "there is one of that name" : undefined;
}
