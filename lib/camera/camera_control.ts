import type { Mode } from "../ffmpeg/modes.ts";
import { askModes } from "./device/ask_modes.ts";
import type { Camera } from "./camera.ts";
import type { Capture } from "../frame/capture.ts";
import { captureValues, changeCapture, REMOTE_SETTINGS } from "../frame/change_capture.ts";
import { captureControls } from "./capture_controls.ts";
import { ChangeQueue } from "./change_queue.ts";
import type { Controls, ControlValue } from "./device/device_controls.ts";
import { listDevices } from "./device/devices.ts";
import { cameraOs, findInput } from "./ffmpeg_source.ts";
import { OwnControls } from "./device/own_controls.ts";
import type { Source } from "./source.ts";
import type { SourceSpec } from "./source_spec.ts";

/** Options of {@linkcode CameraControl}. */
export interface CameraControlOptions {
  /** What the camera is opened by. */
  spec: SourceSpec;
  /** Which ffmpeg. */
  ffmpeg: string;
  /** How it is captured to begin with. */
  capture: Capture;
  /** Makes the source for another way to capture. */
  createSource: (capture: Capture) => Source;
  /** Called when it is captured in another way. */
  onChange?: (capture: Capture) => void;
  /** Called when something was set: how it is captured, and what was set of the camera's own controls. */
  onSet?: (capture: Capture, own: Readonly<Record<string, unknown>>) => void;
}

/** What is set now, and where it was asked for, what can be set. */
export interface Controlled {
  /** The values by name. */
  settings: Record<string, ControlValue>;
  /** What they can be. */
  controls?: Controls;
  /** Why the camera's own controls are not among them, where that can be mended. */
  note?: string;
}

/** A camera that doesn't answer within this time is taken for one with nothing to set, in milliseconds. */
const ASK_MS = 10_000;

/**
 * Remote control of one camera, for everyone who watches it: how it is captured, and its own controls. One
 * change after the other: who comes second acts on what the first has left.
 */
export class CameraControl {
  readonly #camera: Camera;
  readonly #options: CameraControlOptions;
  #capture: Capture;
  readonly #queue = new ChangeQueue();
  readonly #own: OwnControls;

  /** Changes nothing yet. */
  constructor(camera: Camera, options: CameraControlOptions) {
    this.#camera = camera;
    this.#options = options;
    this.#capture = options.capture;
    const { spec, ffmpeg } = options;
    this.#own = new OwnControls({ spec, ffmpeg, signal: this.#queue.signal });
  }

  /** How it is captured now. */
  get capture(): Readonly<Capture> {
    return this.#capture;
  }

  /** How it is captured now, as messages tell it. */
  get settings(): Record<string, ControlValue> {
    const values = captureValues(this.#capture);
    return Object.fromEntries(REMOTE_SETTINGS.map((name) => [name, values[name] ?? null]));
  }

  /** What can be set, with ranges and present values. */
  list(): Promise<Controlled> {
    return this.#queue.run(async () => {
      const { own, note } = await this.#own.list();
      // How it is captured comes first, also where the camera has a control of that name.
      const capture = captureControls(this.#capture, {
        modes: await this.#modes(),
        isCopied: this.#camera.plan?.encoder === "copy",
      });
      const controls = { ...capture, ...own, ...capture };
      return { settings: valuesOf(controls), controls, ...(note === undefined ? {} : { note }) };
    });
  }

  /**
   * Sets what is named, and leaves the rest. Pictures go on, after a moment, for everyone who watches.
   *
   * @throws {RangeError} when a value can't be set, with the field and the rule
   * @throws {SourceError} when the camera refuses it: then it is as it was
   */
  set(values: Readonly<Record<string, unknown>>): Promise<Controlled> {
    return this.#queue.run(async () => {
      const entries = Object.entries(values);
      const own = entries.filter(([name]) => !isCapture(name));
      const capture = changeCapture(
        this.#capture,
        Object.fromEntries(entries.filter(([name]) => isCapture(name))),
      );
      const { known = {}, undo } = own.length > 0 ? await this.#own.set(own) : {};
      try {
        if (entries.length > own.length) await this.#recapture(capture);
      } catch (error) {
        await undo?.();
        throw error;
      }
      this.#options.onSet?.(this.#capture, Object.fromEntries(own));
      return { settings: { ...valuesOf(known), ...this.settings } };
    });
  }

  /** Ends what goes on, and refuses what comes. */
  close(): Promise<void> {
    return this.#queue.close();
  }

  async #recapture(capture: Capture): Promise<void> {
    const before = this.#capture;
    if (JSON.stringify(before) === JSON.stringify(capture)) return;
    const { createSource, onChange } = this.#options;
    const apply = async (to: Capture): Promise<void> => {
      this.#capture = to;
      onChange?.(to);
      await this.#camera.reconfigure(createSource(to), to.fps);
    };
    try {
      await apply(capture);
    } catch (error) {
      await apply(before).catch(() => {});
      throw error;
    }
  }

  async #modes(): Promise<readonly Mode[]> {
    const { spec, ffmpeg } = this.#options;
    if (spec.kind === "test" || spec.kind === "url" || spec.kind === "file") return [];
    try {
      const os = cameraOs();
      const input = await findInput(spec, { os, devices: () => listDevices(ffmpeg, os) });
      const signal = AbortSignal.any([this.#queue.signal, AbortSignal.timeout(ASK_MS)]);
      return await askModes(input, { ffmpeg, os, signal }) ?? [];
    } catch {
      // It may be unplugged: what can be set is known all the same.
      return [];
    }
  }
}

function isCapture(name: string): boolean {
  return REMOTE_SETTINGS.includes(name);
}

function valuesOf(controls: Controls): Record<string, ControlValue> {
  return Object.fromEntries(Object.entries(controls).map(([name, { value }]) => [name, value]));
}
