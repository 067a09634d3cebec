import type { CameraConfig } from "../../config/camera_config.ts";
import type { ServeConfig } from "../../config/commands/serve_config.ts";
import type { BrokerAddress } from "../../protocol/relay_url.ts";
import { followCameras } from "../../relay/follow_cameras.ts";
import type { RelayOptions } from "../../relay/relay.ts";
import type { Cameras } from "../../stream/cameras.ts";
import type { ServedCamera } from "../../stream/served_camera.ts";
import type { CameraOpener, CameraOpenerOptions } from "./camera_opener.ts";

/** The parts of the configuration that concern NATS. */
export function relayOptions(
  { cameras, natsCreds }: ServeConfig,
): Pick<RelayOptions, "cameras" | "creds"> {
  const sources = cameras.map(({ source }) => source);
  return { cameras: sources.filter((source) => source.kind === "relay"), creds: natsCreds };
}

/**
 * Publishes the cameras of this machine, present and future ones.
 *
 * @returns a function that ends it
 */
export function publishCameras(
  cameras: Cameras,
  publish: BrokerAddress,
  { relay, log }: Pick<CameraOpenerOptions, "relay" | "log">,
): () => void {
  // Cameras that come through NATS can't be controlled from here.
  const isOwn = ({ control }: ServedCamera): boolean => control !== undefined;
  if (!cameras.all.some(isOwn)) {
    log.warn("No camera is published: cameras that come through NATS are not published again");
  }
  return cameras.each((served) => isOwn(served) ? relay.publish(publish, served) : () => {});
}

/**
 * Adds and removes a broker's cameras as they come and go, if all of them are wanted.
 *
 * @param onOpen called for each
 * @returns a function that ends it
 */
export function followBroker(
  cameras: Cameras,
  { source, capture }: CameraConfig,
  { opener, relay, log, onOpen }: Pick<CameraOpenerOptions, "relay" | "log"> & {
    opener: CameraOpener;
    onOpen: (served: ServedCamera) => void;
  },
): () => void {
  if (source.kind !== "relay") return () => {};
  return followCameras(relay.directory(source.broker), {
    cameras,
    open(camera) {
      const served = opener.openRelayed({ ...source, camera }, { name: camera, capture });
      onOpen(served);
      return served;
    },
    isOwn: (instance) => relay.isOwn(instance),
    log,
  });
}
