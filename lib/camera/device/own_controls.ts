import { quote } from "../../protocol/quote.ts";
import { REMOTE_SETTINGS } from "../../frame/change_capture.ts";
import {
  askControls,
  type Control,
  type Controls,
  type DeviceValue,
  setControls,
} from "./device_controls.ts";
import { listDevices } from "./devices.ts";
import { cameraOs } from "../../ffmpeg/input.ts";
import { findInput } from "../ffmpeg/find_input.ts";
import { SourceError } from "../../frame/source_error.ts";
import { isDevice } from "../ffmpeg/ffmpeg_spec.ts";
import type { SourceSpec } from "../source_kinds.ts";

export interface OwnControlsOptions {
  /** The source that the camera reads. */
  spec: SourceSpec;
  /** The ffmpeg to run. */
  ffmpeg: string;
  /** Ends what goes on. */
  signal: AbortSignal;
}

type AskedControls = Awaited<ReturnType<typeof askControls>>;

/** A camera is not queried again for this long, in milliseconds: each query runs a program. */
const ASKED_MS = 500;

/** The controls of the camera itself, independent of its capture. */
export class OwnControls {
  readonly #options: OwnControlsOptions;
  /** The values set so far, by name: they last as long as this program. */
  #kept: Readonly<Record<string, DeviceValue>> = {};
  #asked: { device: string; at: number; answer: Promise<AskedControls> } | undefined;

  constructor(options: OwnControlsOptions) {
    this.#options = options;
  }

  /** The controls and, if they are missing for a reason that can be mended, that reason. */
  async list(): Promise<{ own: Controls; note?: string }> {
    try {
      const { controls: own } = await this.#ask(await this.#device());
      return { own };
    } catch (error) {
      // A source of another kind has no controls: nothing can be done about that.
      return error instanceof SourceError ? { own: {}, note: error.message } : { own: {} };
    }
  }

  /**
   * Sets the named values, all or nothing.
   *
   * @returns what can be set now, and a function that reverts the change
   * @throws {RangeError} when a value can't be set, with the field and the rule
   * @throws {SourceError} when the camera refuses it; everything is then as before
   */
  async set(
    entries: readonly [string, unknown][],
  ): Promise<{ known: Controls; undo: () => Promise<void> }> {
    const device = await this.#device();
    const { signal } = this.#options;
    const { controls: before, numbers } = await this.#ask(device);
    const values = entries.map(([name, value]) => [name, checkValue(name, value, before)] as const);
    // A button is pressed once, and not again when the camera comes back.
    const lasting = values.filter(([name]) => before[name]?.type !== "button");
    const old = lasting.map(([name]) => [name, deviceValue(before[name])]);
    const kept = this.#kept;
    const undo = (): Promise<void> => {
      this.#kept = kept;
      this.#asked = undefined;
      return setControls(device, Object.fromEntries(old), { numbers, signal }).catch(() => {});
    };
    try {
      await setControls(device, Object.fromEntries(values), { numbers, signal });
    } catch (error) {
      await undo();
      throw error;
    } finally {
      this.#asked = undefined;
    }
    this.#kept = { ...kept, ...Object.fromEntries(lasting) };
    const { controls: known } = await this.#ask(device);
    return { known, undo };
  }

  /** Restores the values on a camera that was away and has forgotten them. */
  async restore(): Promise<void> {
    const entries = Object.entries(this.#kept);
    if (entries.length === 0) return;
    const device = await this.#device();
    const { signal } = this.#options;
    this.#asked = undefined;
    const { controls: known, numbers } = await this.#ask(device);
    for (const [name, value] of entries) {
      if (!Object.hasOwn(known, name) || deviceValue(known[name]) === value) continue;
      // A control that it refuses now must not keep the others from being set.
      await setControls(device, { [name]: value }, { numbers, signal }).catch(() => {});
    }
    this.#asked = undefined;
  }

  #ask(device: string): Promise<AskedControls> {
    const now = performance.now();
    const last = this.#asked;
    if (last?.device === device && now - last.at < ASKED_MS) return last.answer;
    const answer = askControls(device, this.#options.signal);
    this.#asked = { device, at: now, answer };
    return answer;
  }

  /** The device's path, if the camera has controls of its own. */
  async #device(): Promise<string> {
    const { spec, ffmpeg } = this.#options;
    const os = cameraOs();
    if (!isDevice(spec) || os !== "linux") {
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

/** The current value, as v4l2-ctl takes it. */
function deviceValue(control: Control | undefined): DeviceValue {
  const { value = null } = control ?? {};
  return typeof value === "string" ? value : Number(value);
}

/** A value as v4l2-ctl takes it. */
function checkValue(name: string, value: unknown, known: Controls): DeviceValue {
  // Names come from outside: an inherited property of an object is not a control.
  const control = Object.hasOwn(known, name) ? known[name] : undefined;
  if (control === undefined) throw new RangeError(`this camera has no control ${quote(name)}`);
  const { type, min = INT32.min, max = INT32.max, choices = [] } = control;
  if (type === "button") {
    if (value === true) return 1;
    throw new RangeError(
      `field ${quote(name)} must be true, which presses it, got ${quote(value)}`,
    );
  }
  if (type === "string") return checkText(name, value, { min, max });
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

/** v4l2-ctl treats a comma as the end of a value. */
function checkText(
  name: string,
  value: unknown,
  { min, max }: { min: number; max: number },
): string {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value).length : -1;
  // deno-lint-ignore no-control-regex
  if (typeof value === "string" && bytes >= min && bytes <= max && !/[,\x00-\x1f]/.test(value)) {
    return value;
  }
  throw new RangeError(
    `field ${quote(name)} must be a text of ${min} to ${max} bytes without commas, got ${
      quote(value)
    }`,
  );
}
