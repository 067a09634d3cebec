import { createSource } from "../../camera/create_source.ts";
import type { Source } from "../../camera/source.ts";
import { type Capture, captureValues } from "../../camera/capture.ts";
import {
  type CameraSpec,
  describeSource,
  type RelaySpec,
  type SourceSpec,
} from "../../camera/source_spec.ts";
import type { ServeConfig } from "../../config/serve_config.ts";
import type { Logger } from "../../log.ts";
import { followCameras } from "../../relay/follow_cameras.ts";
import type { Relay, RelayOptions } from "../../relay/relay.ts";
import type { Metrics } from "../../server/metrics/metrics.ts";
import type { Cameras } from "../../stream/cameras.ts";
import { type Channel, type ChannelOptions, createChannel } from "../../stream/channel.ts";
import { reportChanges } from "./report_changes.ts";

/** Options of {@linkcode openCameras} and {@linkcode followBrokers}. */
export interface OpenOptions {
  /** What the user wants. */
  config: ServeConfig;
  /** Where cameras of other machines come from. */
  relay: Relay;
  /** What is counted. */
  metrics: Metrics;
  /** Where changes are written. */
  log: Logger;
}

/** Publishers are heard every second; so long a start waits for the cameras of a broker. */
const FIND_MS = 1500;

/** What goes through NATS of all that the user wants. */
export function relayOptions(
  { cameras, natsCreds }: ServeConfig,
): Pick<RelayOptions, "cameras" | "creds"> {
  const sources = cameras.map(({ source }) => source);
  return { cameras: sources.filter((source) => source.kind === "relay"), creds: natsCreds };
}

/** Adds the cameras that have a name of their own; those of a broker's `*` come later. */
export function openCameras(cameras: Cameras, options: OpenOptions): void {
  for (const { name, source } of options.config.cameras) {
    if (source.kind === "relay" && source.camera === "*") continue;
    cameras.add(openCamera({ name, source }, options));
  }
}

/** Makes what stands between a source and its viewers. */
export function openCamera({ name, source }: CameraSpec, options: OpenOptions): Channel {
  if (source.kind === "relay") return openRelayed(source, { ...options, name });
  const description = describeSource(source);
  const details = { name, description, control: controlOf(name, source, options) };
  return openChannel(createSource(source, options.config), { ...options, ...details });
}

/**
 * Publishes the cameras of this machine, where that is wanted: those that there are, and those that come.
 *
 * @returns what ends that
 */
export function publishCameras(
  cameras: Cameras,
  { config: { publish }, relay, log }: OpenOptions,
): () => void {
  if (publish === undefined) return () => {};
  // What comes through NATS can't be controlled from here.
  const isOwn = ({ control }: Channel): boolean => control !== undefined;
  if (!cameras.all.some(isOwn)) {
    log.warn("Nothing is published: cameras that come through NATS are not published again");
  }
  return cameras.each((channel) => isOwn(channel) ? relay.publish(publish, channel) : () => {});
}

/**
 * Adds and removes cameras as they come and go on the brokers all of whose cameras are wanted.
 *
 * @returns what ends that
 */
export async function followBrokers(
  cameras: Cameras,
  options: OpenOptions,
): Promise<() => void> {
  const { config, relay, log } = options;
  const wanted = relayOptions(config).cameras.filter(({ camera }) => camera === "*");
  const stops = wanted.map((spec) =>
    followCameras(relay.directory(spec.broker), {
      cameras,
      open: (camera) => openRelayed({ ...spec, camera }, { ...options, name: camera }),
      isOwn: (instance) => relay.isOwn(instance),
      log,
    })
  );
  if (wanted.length > 0) await new Promise((resolve) => setTimeout(resolve, FIND_MS));
  return () => stops.forEach((stop) => stop());
}

function openRelayed(spec: RelaySpec, options: OpenOptions & { name: string }): Channel {
  const { name, relay } = options;
  // It knows better than a timer when to try again.
  const onRecovery = (): void => channel.camera.retryNow();
  const source = relay.source(spec, { name, onRecovery });
  const channel: Channel = openChannel(source, {
    ...options,
    description: describeSource(spec),
    onClose: () => relay.forget(source),
  });
  return channel;
}

function openChannel(
  source: Source,
  { config, name, description, log, metrics, control, onClose }:
    & OpenOptions
    & Pick<ChannelOptions, "name" | "description" | "control" | "onClose">,
): Channel {
  const { fps, quality, lingerMs, alwaysOn, rotate, ffmpeg } = config;
  const channel = createChannel(source, {
    ...{ name, description, fps, quality, lingerMs, alwaysOn, ffmpeg },
    ...(control ? { control } : {}),
    ...(onClose ? { onClose } : {}),
    ...metrics.meterOf(name),
  });
  reportChanges(channel, { capture: () => channel.control?.capture ?? { rotate }, log });
  return channel;
}

/** What remote control can change of a camera of this machine. */
function controlOf(
  name: string,
  spec: Exclude<SourceSpec, RelaySpec>,
  { config, log }: OpenOptions,
): NonNullable<ChannelOptions["control"]> {
  const { resolution, fps, quality, encoder, rotate, flip } = config;
  return {
    ...{ spec, capture: { resolution, fps, quality, encoder, rotate, flip } },
    createSource: (capture) => {
      log.info(`Camera ${name} is opened anew: ${captureText(capture)}`);
      return createSource(spec, { ...config, ...capture });
    },
  };
}

function captureText(capture: Capture): string {
  return Object.entries(captureValues(capture)).map(([name, value]) => `${name} ${value}`).join(
    ", ",
  );
}
