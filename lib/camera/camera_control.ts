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
import { askControls, type Controls, type ControlValue, setControls } from "./device_controls.ts";
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
  /** Why the camera's own controls are not among them, where that can be mended. */
  note?: string;
}

/** A camera that doesn't answer within this time is taken for one with nothing to set, in milliseconds. */
const ASK_MS = 10_000;
/** So many may wait for those before them. */
const MAX_WAITING = 16;

/**
 * Remote control of one camera, for everyone who watches it: how it is captured, and its own controls. One
 * change after the other: who comes second acts on what the first has left.
 */
export class CameraControl {
  readonly #camera: Camera;
  readonly #options: CameraControlOptions;
  #capture: Capture;
  #previous: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  readonly #ending = new AbortController();

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
      const { own, note } = await this.#askOwn();
      // How it is captured comes first, also where the camera has a control of that name.
      const capture = captureControls(this.#capture, await this.#modes());
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
    return this.#next(async () => {
      const entries = Object.entries(values);
      const own = entries.filter(([name]) => !isCapture(name));
      const capture = changeCapture(
        this.#capture,
        Object.fromEntries(entries.filter(([name]) => isCapture(name))),
      );
      const { known = {}, undo } = own.length > 0 ? await this.#setOwn(own) : {};
      try {
        if (entries.length > own.length) await this.#recapture(capture);
      } catch (error) {
        await undo?.();
        throw error;
      }
      return { settings: { ...valuesOf(known), ...captureValues(this.#capture) } };
    });
  }

  /** Ends what goes on, and refuses what comes. */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.#previous;
  }

  async #askOwn(): Promise<{ own: Controls; note?: string }> {
    try {
      return { own: await askControls(await this.#device(), this.#ending.signal) };
    } catch (error) {
      // A camera of another kind has none: nothing can be done about that.
      return error instanceof SourceError ? { own: {}, note: error.message } : { own: {} };
    }
  }

  async #setOwn(
    entries: readonly [string, unknown][],
  ): Promise<{ known: Controls; undo: () => Promise<void> }> {
    const device = await this.#device();
    const { signal } = this.#ending;
    const before = await askControls(device, signal);
    const numbers = entries.map(([name, value]) => [name, checkValue(name, value, before)]);
    const old = entries.map(([name]) => [name, Number(before[name]?.value)]);
    const undo = (): Promise<void> =>
      setControls(device, Object.fromEntries(old), signal).catch(() => {});
    try {
      await setControls(device, Object.fromEntries(numbers), signal);
    } catch (error) {
      await undo();
      throw error;
    }
    return { known: await askControls(device, signal), undo };
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
      const signal = AbortSignal.any([this.#ending.signal, AbortSignal.timeout(ASK_MS)]);
      return await askModes(input, { ffmpeg, os, signal });
    } catch {
      // It may be unplugged: what can be set is known all the same.
      return [];
    }
  }

  async #next<T>(action: () => Promise<T>): Promise<T> {
    if (this.#waiting >= MAX_WAITING) {
      throw new SourceError(
        `is being controlled by many: ${MAX_WAITING} wait already, try again in a moment`,
      );
    }
    this.#waiting++;
    const next = this.#previous.then(() => {
      if (this.#ending.signal.aborted) throw new SourceError("is being closed");
      return action();
    }).finally(() => this.#waiting--);
    this.#previous = next.catch(() => {});
    return await next;
  }
}

function isCapture(name: string): boolean {
  return CAPTURE_SETTINGS.some((each) => each === name);
}

const INT32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };

function valuesOf(controls: Controls): Record<string, ControlValue> {
  return Object.fromEntries(Object.entries(controls).map(([name, { value }]) => [name, value]));
}

/** The number that stands for a value. */
function checkValue(name: string, value: unknown, known: Controls): number {
  // Names come from outside: what every object has is no control.
  const control = Object.hasOwn(known, name) ? known[name] : undefined;
  if (control === undefined) throw new RangeError(`this camera has no control ${quote(name)}`);
  const { type, min = INT32.min, max = INT32.max, choices = [] } = control;
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
