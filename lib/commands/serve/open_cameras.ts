import { createSource } from "../../camera/create_source.ts";
import type { Source } from "../../camera/source.ts";
import { describeSource, type RelaySpec, type SourceSpec } from "../../camera/source_spec.ts";
import type { CameraConfig } from "../../config/camera_config.ts";
import type { Capture } from "../../frame/capture.ts";
import { captureValues } from "../../frame/change_capture.ts";
import type { Logger } from "../../log.ts";
import type { Relay } from "../../relay/relay.ts";
import type { Metrics } from "../../server/metrics/metrics.ts";
import type { Cameras } from "../../stream/cameras.ts";
import { type Channel, type ChannelOptions, createChannel } from "../../stream/channel.ts";
import { reportChanges } from "./report_changes.ts";

/** What cameras are opened with. */
export interface OpenOptions {
  /** Which ffmpeg. */
  ffmpeg: string;
  /** Where cameras of other machines come from. */
  relay: Relay;
  /** What is counted. */
  metrics: Metrics;
  /** Where changes are written. */
  log: Logger;
}

/** Whether a camera stands for every one of a broker, which come and go. */
export function isEveryCamera({ source }: CameraConfig): boolean {
  return source.kind === "relay" && source.camera === "*";
}

/** Adds the cameras that have a name of their own; those of a broker's `*` come later. */
export function openCameras(
  cameras: Cameras,
  configs: readonly CameraConfig[],
  options: OpenOptions,
): void {
  for (const config of configs) {
    if (!isEveryCamera(config)) cameras.add(openCamera(config, options));
  }
}

/** Makes what stands between a source and its viewers. */
export function openCamera(
  { name, source, capture }: CameraConfig,
  options: OpenOptions,
): Channel {
  if (source.kind === "relay") return openRelayed(source, { name, capture, ...options });
  const description = describeSource(source);
  const control = controlOf({ name, source, capture }, options);
  const first = createSource(source, capture, options);
  return openChannel(first, { name, description, capture, control, ...options });
}

/** The same for a camera that comes through NATS. */
export function openRelayed(
  spec: RelaySpec,
  options: OpenOptions & { name: string; capture: Capture },
): Channel {
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
  { capture, metrics, log, relay: _, ...options }:
    & OpenOptions
    & Pick<ChannelOptions, "name" | "description" | "control" | "onClose">
    & { capture: Capture },
): Channel {
  const { fps, quality, linger, alwaysOn, rotate } = capture;
  const meter = metrics.meterOf(options.name);
  const settings = { fps, quality, lingerMs: linger * 1000, alwaysOn };
  const channel = createChannel(source, { ...options, ...settings, ...meter });
  reportChanges(channel, { capture: () => channel.control?.capture ?? { rotate }, log });
  return channel;
}

/** What remote control can change of a camera of this machine. */
function controlOf(
  { name, source, capture }: CameraConfig & { source: SourceSpec },
  options: OpenOptions,
): NonNullable<ChannelOptions["control"]> {
  return {
    spec: source,
    capture,
    createSource: (changed) => {
      options.log.info(`Camera ${name} is opened anew: ${captureText(changed)}`);
      return createSource(source, changed, options);
    },
  };
}

function captureText(capture: Capture): string {
  return Object.entries(captureValues(capture)).map(([name, value]) => `${name} ${value}`).join(
    ", ",
  );
}
