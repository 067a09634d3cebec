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
import { loadPixelEncoder, takesPixels } from "../../jpeg/pixel_encoders.ts";
import type { Capture } from "../../frame/capture.ts";
import { captureValues } from "../../frame/change_capture.ts";
import type { Logger } from "../../log.ts";
import type { Relay } from "../../relay/relay.ts";
import type { Metrics } from "../../server/metrics/metrics.ts";
import type { EncodedCamera, Encoders } from "../../stream/encoders.ts";
import { ServedCamera, type ServedCameraOptions } from "../../stream/served_camera.ts";
import type { Overrides } from "./reload/overrides.ts";
import { reportChanges } from "./report_changes.ts";

export interface CameraOpenerOptions {
  /** The ffmpeg to run. */
  ffmpeg: string;
  /** Makes the encoders of a camera's renditions. */
  createEncoders: (camera: EncodedCamera) => Encoders;
  /** Provides the cameras of other machines. */
  relay: Relay;
  /** Counts. */
  metrics: Metrics;
  /** Called with changes of the cameras' states. */
  log: Logger;
  /** The values set by remote control, which are kept. */
  overrides: Overrides;
}

/** Makes everything between sources and their viewers. */
export class CameraOpener {
  readonly #options: CameraOpenerOptions;

  constructor(options: CameraOpenerOptions) {
    this.#options = options;
  }

  /**
   * Opens a camera that the configuration names.
   *
   * @param ready resolves when a device that another camera used can be opened
   */
  async open(config: CameraConfig, ready?: Promise<unknown>): Promise<ServedCamera> {
    const { name, source } = config;
    if (source.kind === "relay") return this.openRelayed(source, config);
    const { ffmpeg, overrides, log } = this.#options;
    const open = await loadSource(source);
    const { capture, own } = overrides.of(name, config.capture);
    const inlet = source.kind === "push"
      ? new Inlet({
        onArrival: () => served.camera.retryNow(),
        onChange: (words) => log.info(`Camera ${name} ${words}`),
      })
      : undefined;
    const createSource = (way: Capture): Source => open(way, { ffmpeg, inlet });
    const opened = createSource(capture);
    const first = ready && isHeldByOne(source) ? gatedSource(opened, ready) : opened;
    const served: ServedCamera = this.#serve(first, capture, {
      name,
      description: describeSource(source),
      control: this.#control({ ...config, source }, { capture, createSource }),
      inlet,
    });
    restoreControls(served, own, log);
    return served;
  }

  /** Opens a camera that comes through NATS. */
  openRelayed(spec: RelaySpec, { name, capture }: Omit<CameraConfig, "source">): ServedCamera {
    const { relay } = this.#options;
    // It knows better than a timer when to retry.
    const onRecovery = (): void => served.camera.retryNow();
    const source = relay.source(spec, { name, onRecovery });
    const served: ServedCamera = this.#serve(source, capture, {
      name,
      description: describeSource(spec),
      onClose: () => {
        stopAnnotations();
        relay.forget(source);
      },
    });
    const stopAnnotations = relay.annotate(served, spec);
    return served;
  }

  #serve(
    source: Source,
    { fps, quality, linger, alwaysOn, rotate }: Capture,
    about: Pick<ServedCameraOptions, "name" | "description" | "control" | "inlet" | "onClose">,
  ): ServedCamera {
    const { createEncoders, metrics, log } = this.#options;
    const served = new ServedCamera(source, {
      ...about,
      ...metrics.meterOf(about.name),
      fps,
      quality,
      lingerMs: linger * 1000,
      alwaysOn,
      onPlan: ({ encoder }) => {
        // While ffmpeg opens the camera. If it can't be loaded, the first picture tells.
        if (takesPixels(encoder)) loadPixelEncoder(encoder).catch(() => {});
      },
      createEncoders,
    });
    reportChanges(served, { capture: () => served.control?.capture ?? { rotate }, log });
    return served;
  }

  /** The remote control of a camera of this machine. */
  #control(
    { name, source, capture: asked }: CameraConfig & { source: SourceSpec },
    { capture, createSource }: { capture: Capture; createSource: (capture: Capture) => Source },
  ): NonNullable<ServedCameraOptions["control"]> {
    const { ffmpeg, overrides, log } = this.#options;
    return {
      spec: source,
      ffmpeg,
      capture,
      onSet: (changed, own) => overrides.set(name, { asked, changed, own }),
      createSource: (changed) => {
        log.info(`Camera ${name} is set to ${captureText(changed)}`);
        return createSource(changed);
      },
    };
  }
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

function captureText(capture: Capture): string {
  return Object.entries(captureValues(capture)).map(([name, value]) => `${name} ${value}`).join(
    ", ",
  );
}
