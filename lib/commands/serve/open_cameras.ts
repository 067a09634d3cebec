import { Inlet } from "../../camera/push/inlet.ts";
import { gatedSource } from "../../camera/gated_source.ts";
import type { Source } from "../../camera/source.ts";
import {
  describeSource,
  isHeldByOne,
  loadSource,
  type RelaySpec,
  type SourceSpec,
} from "../../camera/source_kinds.ts";
import type { CameraConfig } from "../../config/camera_config.ts";
import { loadEncoder } from "../../encoder/imagescript/encode_jpeg.ts";
import type { Capture } from "../../frame/capture.ts";
import { captureValues } from "../../frame/change_capture.ts";
import type { Logger } from "../../log.ts";
import type { Relay } from "../../relay/relay.ts";
import type { Metrics } from "../../server/metrics/metrics.ts";
import { Encoders } from "../../stream/encoders.ts";
import { ServedCamera, type ServedCameraOptions } from "../../stream/served_camera.ts";
import type { Overrides } from "./reload/overrides.ts";
import { reportChanges } from "./report_changes.ts";

/** What is needed to open cameras. */
export interface OpenOptions {
  /** The ffmpeg to run. */
  ffmpeg: string;
  /** The ffmpeg encoder that makes H.264. */
  h264Encoder: string;
  /** Provides the cameras of other machines. */
  relay: Relay;
  /** Counts. */
  metrics: Metrics;
  /** Called with changes of the cameras' states. */
  log: Logger;
  /** The values set by remote control, which are kept. */
  overrides: Overrides;
}

/** Whether a camera stands for all cameras of a broker, which come and go. */
export function isEveryCamera({ source }: CameraConfig): boolean {
  return source.kind === "relay" && source.camera === "*";
}

/**
 * Makes everything between a source and its viewers.
 *
 * @param ready resolves when a device that another camera used can be opened
 */
export async function openCamera(
  { name, source, capture: asked }: CameraConfig,
  options: OpenOptions,
  ready?: Promise<unknown>,
): Promise<ServedCamera> {
  if (source.kind === "relay") return openRelayed(source, { name, capture: asked, ...options });
  const open = await loadSource(source);
  const description = describeSource(source);
  const { capture, own } = options.overrides.of(name, asked);
  const inlet = source.kind === "push"
    ? new Inlet({
      onArrival: () => served.camera.retryNow(),
      onChange: (words) => options.log.info(`Camera ${name} ${words}`),
    })
    : undefined;
  const createSource = (way: Capture): Source => open(way, { ffmpeg: options.ffmpeg, inlet });
  const control = controlOf({ name, source, capture, asked, createSource }, options);
  const opened = createSource(capture);
  const first = ready && isHeldByOne(source) ? gatedSource(opened, ready) : opened;
  const served: ServedCamera = openServed(first, {
    name,
    description,
    capture,
    control,
    inlet,
    ...options,
  });
  restoreControls(served, own, options.log);
  return served;
}

/**
 * Restores the camera's own controls when it appears or comes back: a camera that loses power
 * forgets them.
 */
function restoreControls(
  served: ServedCamera,
  own: Readonly<Record<string, unknown>>,
  log: Logger,
): void {
  if (Object.keys(own).length === 0) return;
  let isDue = true;
  served.camera.observe(({ state }) => {
    if (state === "failed") isDue = true;
    if (state !== "live" || !isDue) return;
    isDue = false;
    served.control?.set(own).catch(({ message }: Error) => {
      log.warn(`Camera ${served.name}: its earlier settings can't be restored: ${message}`);
    });
  });
}

/** The same for a camera that comes through NATS. */
export function openRelayed(
  spec: RelaySpec,
  options: OpenOptions & { name: string; capture: Capture },
): ServedCamera {
  const { name, relay } = options;
  // It knows better than a timer when to retry.
  const onRecovery = (): void => served.camera.retryNow();
  const source = relay.source(spec, { name, onRecovery });
  const served: ServedCamera = openServed(source, {
    ...options,
    description: describeSource(spec),
    onClose: () => {
      stopAnnotations();
      relay.forget(source);
    },
  });
  const stopAnnotations = relay.annotate(served, spec);
  return served;
}

function openServed(
  source: Source,
  { capture, ffmpeg, h264Encoder, metrics, log, relay: _, overrides: __, ...options }:
    & OpenOptions
    & Pick<ServedCameraOptions, "name" | "description" | "control" | "inlet" | "onClose">
    & { capture: Capture },
): ServedCamera {
  const { fps, quality, linger, alwaysOn, rotate } = capture;
  const served = new ServedCamera(source, {
    ...options,
    ...metrics.meterOf(options.name),
    fps,
    quality,
    lingerMs: linger * 1000,
    alwaysOn,
    onPlan: ({ encoder }) => {
      // While ffmpeg opens the camera. If it can't be loaded, the first picture tells.
      if (encoder === "imagescript") loadEncoder().catch(() => {});
    },
    createEncoders: (camera) => new Encoders({ ffmpeg, h264Encoder, ...camera }),
  });
  reportChanges(served, { capture: () => served.control?.capture ?? { rotate }, log });
  return served;
}

/** The remote control of a camera of this machine. */
function controlOf(
  { name, source, capture, asked, createSource }: CameraConfig & {
    source: SourceSpec;
    asked: Capture;
    createSource: (capture: Capture) => Source;
  },
  options: OpenOptions,
): NonNullable<ServedCameraOptions["control"]> {
  return {
    spec: source,
    ffmpeg: options.ffmpeg,
    capture,
    onSet: (changed, own) => options.overrides.set(name, { asked, changed, own }),
    createSource: (changed) => {
      options.log.info(`Camera ${name} is reopened: ${captureText(changed)}`);
      return createSource(changed);
    },
  };
}

function captureText(capture: Capture): string {
  return Object.entries(captureValues(capture)).map(([name, value]) => `${name} ${value}`).join(
    ", ",
  );
}
