import { quote } from "../protocol/quote.ts";
import { askModes } from "./ask_modes.ts";
import type { Camera } from "./camera.ts";
import {
  type Capture,
  CAPTURE_SETTINGS,
  captureControls,
  captureValues,
  changeCapture,
} from "./capture.ts";
import {
  askControls,
  type Control,
  type Controls,
  type ControlValue,
  setControls,
} from "./device_controls.ts";
import { listDevices } from "./devices.ts";
import { cameraOs, findInput } from "./ffmpeg_source.ts";
import { type Source, SourceError } from "./source.ts";
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
}

/** What is set now, and where it was asked for, what can be set. */
export interface Controlled {
  /** The values by name. */
  settings: Record<string, ControlValue>;
  /** What they can be. */
  controls?: Controls;
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
  #previous: Promise<unknown> = Promise.resolve();

  /** Changes nothing yet. */
  constructor(camera: Camera, options: CameraControlOptions) {
    this.#camera = camera;
    this.#options = options;
    this.#capture = options.capture;
  }

  /** How it is captured now. */
  get capture(): Readonly<Capture> {
    return this.#capture;
  }

  /** How it is captured now, as messages tell it. */
  get settings(): Record<string, ControlValue> {
    return captureValues(this.#capture);
  }

  /** What can be set, with ranges and present values. */
  list(): Promise<Controlled> {
    return this.#next(async () => {
      const device = await this.#device().catch(() => undefined);
      const own = device === undefined ? {} : await askControls(device).catch(() => ({}));
      const controls = { ...captureControls(this.#capture, await this.#modes()), ...own };
      return { settings: valuesOf(controls), controls };
    });
  }

  /**
   * Sets what is named, and leaves the rest. Pictures go on, after a moment, for everyone who watches.
   *
   * @throws {RangeError} when a value can't be set, with the field and the rule
   * @throws {SourceError} when the camera refuses it: then it is as it was
   */
  set(values: Readonly<Record<string, unknown>>): Promise<Controlled> {
    return this.#next(async () => {
      const isCapture = (name: string): boolean => CAPTURE_SETTINGS.some((each) => each === name);
      const entries = Object.entries(values);
      const own = entries.filter(([name]) => !isCapture(name));
      const capture = changeCapture(
        this.#capture,
        Object.fromEntries(entries.filter(([name]) => isCapture(name))),
      );
      const known = own.length > 0 ? await this.#setOwn(own) : {};
      if (entries.length > own.length) await this.#recapture(capture);
      return { settings: { ...captureValues(this.#capture), ...valuesOf(known) } };
    });
  }

  async #setOwn(entries: readonly [string, unknown][]): Promise<Controls> {
    const device = await this.#device();
    const known = await askControls(device);
    const numbers = entries.map(([name, value]) => [name, checkValue(name, value, known[name])]);
    await setControls(device, Object.fromEntries(numbers));
    return await askControls(device);
  }

  async #recapture(capture: Capture): Promise<void> {
    const before = this.#capture;
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

  /** The device's path, where the camera is one that has controls of its own. */
  async #device(): Promise<string> {
    const { spec, ffmpeg } = this.#options;
    const os = cameraOs();
    if (spec.kind === "test" || spec.kind === "url" || spec.kind === "file" || os !== "linux") {
      const rule = CAPTURE_SETTINGS.map(quote).join(", ");
      throw new RangeError(`only ${rule} can be set of this camera here`);
    }
    const input = await findInput(spec, { os, devices: () => listDevices(ffmpeg, os) });
    if (input.kind !== "device") throw new SourceError("has no controls");
    return input.device;
  }

  async #modes(): Promise<Awaited<ReturnType<typeof askModes>>> {
    const { spec, ffmpeg } = this.#options;
    if (spec.kind === "test" || spec.kind === "url" || spec.kind === "file") return [];
    try {
      const os = cameraOs();
      const input = await findInput(spec, { os, devices: () => listDevices(ffmpeg, os) });
      return await askModes(input, { ffmpeg, os, signal: AbortSignal.timeout(ASK_MS) });
    } catch {
      // It may be unplugged: what can be set is known all the same.
      return [];
    }
  }

  #next<T>(action: () => Promise<T>): Promise<T> {
    const next = this.#previous.then(action);
    this.#previous = next.catch(() => {});
    return next;
  }
}

function valuesOf(controls: Controls): Record<string, ControlValue> {
  return Object.fromEntries(Object.entries(controls).map(([name, { value }]) => [name, value]));
}

/** The number that stands for a value. */
function checkValue(name: string, value: unknown, control: Control | undefined): number {
  if (control === undefined) throw new RangeError(`this camera has no control ${quote(name)}`);
  const { type, min = -Infinity, max = Infinity, choices = [] } = control;
  if (type === "boolean") {
    if (typeof value === "boolean") return Number(value);
    throw new RangeError(`field ${quote(name)} must be true or false, got ${quote(value)}`);
  }
  if (type === "choice") {
    if (typeof value === "number" && choices.some((each) => each.value === value)) return value;
    const rule = choices.map((each) => `${each.value} (${each.label})`).join(", ");
    throw new RangeError(`field ${quote(name)} must be one of ${rule}, got ${quote(value)}`);
  }
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) {
    return value;
  }
  throw new RangeError(
    `field ${quote(name)} must be a whole number from ${min} to ${max}, got ${quote(value)}`,
  );
}
