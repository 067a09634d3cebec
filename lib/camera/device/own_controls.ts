import { quote } from "../../protocol/quote.ts";
import { REMOTE_SETTINGS } from "../../frame/change_capture.ts";
import { askControls, type Controls, setControls } from "./device_controls.ts";
import { listDevices } from "./devices.ts";
import { cameraOs, findInput } from "../ffmpeg_source.ts";
import { SourceError } from "../../frame/source_error.ts";
import type { SourceSpec } from "../source_spec.ts";

/** Options of {@linkcode OwnControls}. */
export interface OwnControlsOptions {
  /** The source that the camera reads. */
  spec: SourceSpec;
  /** The ffmpeg to run. */
  ffmpeg: string;
  /** Ends what goes on. */
  signal: AbortSignal;
}

/** The controls that a camera has itself, independent of its capture. */
export class OwnControls {
  readonly #options: OwnControlsOptions;
  /** The values that were set, by name: they last as long as this program. */
  #kept: Readonly<Record<string, number>> = {};

  /** Asks nothing yet. */
  constructor(options: OwnControlsOptions) {
    this.#options = options;
  }

  /** The controls and, if there are none for a reason that can be mended, that reason. */
  async list(): Promise<{ own: Controls; note?: string }> {
    try {
      return { own: await askControls(await this.#device(), this.#options.signal) };
    } catch (error) {
      // A camera of another kind has none: nothing can be done about that.
      return error instanceof SourceError ? { own: {}, note: error.message } : { own: {} };
    }
  }

  /**
   * Sets what is named, all or nothing.
   *
   * @returns what can be set now, and what puts it back
   * @throws {RangeError} when a value can't be set, with the field and the rule
   * @throws {SourceError} when the camera refuses it: then it is as it was
   */
  async set(
    entries: readonly [string, unknown][],
  ): Promise<{ known: Controls; undo: () => Promise<void> }> {
    const device = await this.#device();
    const { signal } = this.#options;
    const before = await askControls(device, signal);
    const numbers = entries.map(([name, value]) => [name, checkValue(name, value, before)]);
    const old = entries.map(([name]) => [name, Number(before[name]?.value)]);
    const kept = this.#kept;
    const undo = (): Promise<void> => {
      this.#kept = kept;
      return setControls(device, Object.fromEntries(old), signal).catch(() => {});
    };
    try {
      await setControls(device, Object.fromEntries(numbers), signal);
    } catch (error) {
      await undo();
      throw error;
    }
    this.#kept = { ...kept, ...Object.fromEntries(numbers) };
    return { known: await askControls(device, signal), undo };
  }

  /** Sets what was set before, of a camera that was away and has forgotten it. */
  async restore(): Promise<void> {
    const entries = Object.entries(this.#kept);
    if (entries.length === 0) return;
    const device = await this.#device();
    const { signal } = this.#options;
    const known = await askControls(device, signal);
    const lost = entries.filter(([name, value]) => {
      return Object.hasOwn(known, name) && Number(known[name]?.value) !== value;
    });
    if (lost.length > 0) await setControls(device, Object.fromEntries(lost), signal);
  }

  /** The device's path, where the camera is one that has controls of its own. */
  async #device(): Promise<string> {
    const { spec, ffmpeg } = this.#options;
    const os = cameraOs();
    if (spec.kind === "test" || spec.kind === "url" || spec.kind === "file" || os !== "linux") {
      const rule = REMOTE_SETTINGS.map(quote).join(", ");
      throw new RangeError(`only ${rule} can be set of this camera here`);
    }
    const input = await findInput(spec, { os, devices: () => listDevices(ffmpeg, os) });
    if (input.kind !== "device") throw new SourceError("unsupported", "has no controls");
    return input.device;
  }
}

/** The range of a control (V4L2). */
const INT32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };

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
