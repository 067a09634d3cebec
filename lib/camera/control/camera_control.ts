import type { Capture } from "../../frame/capture.ts";
import { captureValues, changeCapture, REMOTE_SETTINGS } from "../../frame/change_capture.ts";
import type { Camera } from "../camera.ts";
import type { Controls, ControlValue } from "../device/device_controls.ts";
import { OwnControls } from "../device/own_controls.ts";
import type { Source } from "../source.ts";
import type { SourceSpec } from "../source_kinds.ts";
import { captureControls } from "./capture_controls.ts";
import { ChangeBatch, type Values } from "./change_batch.ts";
import { ChangeQueue } from "./change_queue.ts";
import { DeviceModes } from "./device_modes.ts";
import { checkEncodable } from "./encodable.ts";

export interface CameraControlOptions {
  /** The source that the camera reads. */
  spec: SourceSpec;
  /** The ffmpeg to run. */
  ffmpeg: string;
  /** Its capture at the start. */
  capture: Capture;
  /** Makes the source for another capture. */
  createSource: (capture: Capture) => Source;
  /** Called when the capture has changed. */
  onChange?: (capture: Capture) => void;
  /**
   * Called when something was set, with the capture and with the camera's own controls that were
   * set.
   */
  onSet?: (capture: Capture, own: Readonly<Record<string, unknown>>) => void;
}

/** The current settings and, if asked for, the controls that can be set. */
export interface Controlled {
  /** The values by name. */
  settings: Record<string, ControlValue>;
  /** The type and range of each. */
  controls?: Controls;
  /** Why the camera's own controls are missing, if that can be mended. */
  note?: string;
}

/** The result of a change. */
export interface Changed extends Controlled {
  /** Whether something has changed that nobody has been told about yet. */
  isChanged: boolean;
}

/**
 * After a change, pictures run undisturbed for this many times the length of the interruption
 * before the next change.
 */
const REST = 6;
/** And for at least this long, in milliseconds. */
const LEAST_REST_MS = 2000;
/** Its own controls don't interrupt the pictures, but each change runs a program. */
const OWN_REST_MS = 100;

/**
 * Remote control of one camera, for everyone who watches it: its capture, and the camera's own
 * controls. Changes are made one after the other, each on top of the one before. A change waits
 * until the pictures have run for a while after the last one; changes requested meanwhile are
 * combined with it.
 */
export class CameraControl {
  readonly #camera: Camera;
  readonly #options: CameraControlOptions;
  #capture: Capture;
  readonly #queue = new ChangeQueue();
  readonly #own: OwnControls;
  readonly #unobserve: () => void;
  readonly #batch: ChangeBatch<Changed>;
  readonly #modes: DeviceModes;
  #listing: Promise<Controlled> | undefined;

  constructor(camera: Camera, options: CameraControlOptions) {
    this.#camera = camera;
    this.#options = options;
    this.#capture = options.capture;
    const { spec, ffmpeg } = options;
    const { signal } = this.#queue;
    this.#own = new OwnControls({ spec, ffmpeg, signal });
    this.#modes = new DeviceModes({ spec, ffmpeg, signal });
    this.#batch = new ChangeBatch({
      queue: this.#queue,
      make: (values) => this.#change(values),
    });
    this.#unobserve = camera.observe(({ state }) => {
      // The camera may have been unplugged and plugged in again while it was closed. A control that
      // can no longer be set is left alone.
      if (state === "live") this.#queue.run(() => this.#own.restore()).catch(() => {});
    });
  }

  /** The current capture. */
  get capture(): Readonly<Capture> {
    return this.#capture;
  }

  /** The current capture, in the form that messages use. */
  get settings(): Record<string, ControlValue> {
    const values = captureValues(this.#capture);
    return Object.fromEntries(REMOTE_SETTINGS.map((name) => [name, values[name] ?? null]));
  }

  /** The controls, with ranges and current values. Concurrent requests share one answer. */
  list(): Promise<Controlled> {
    const listing = this.#listing ??= this.#queue.run(() => this.#list()).finally(() => {
      if (this.#listing === listing) this.#listing = undefined;
    });
    return listing;
  }

  /**
   * Sets the named values and leaves the rest. Everyone who watches gets pictures again after a
   * moment.
   *
   * @throws {RangeError} when a value can't be set, with the field and the rule
   * @throws {SourceError} when the camera refuses it; everything is then as before
   */
  async set(values: Values): Promise<Changed> {
    const all = { ...this.#batch.values, ...values };
    const capture = changeCapture(this.#capture, captureOf(all));
    const isOther = !isSame(capture, this.#capture);
    if (isOther) checkEncodable(this.#options.spec, capture);
    if (!this.#batch.isWaiting) {
      if (!isOther && Object.keys(values).every(isCapture)) {
        return { settings: this.settings, isChanged: false };
      }
      // The next list must show the result of this change.
      this.#listing = undefined;
    }
    const { result, isFirst } = await this.#batch.add(values);
    // Changes that were combined are reported once.
    return isFirst ? result : { ...result, isChanged: false };
  }

  /** Ends the current change and refuses further ones. */
  close(): Promise<void> {
    this.#unobserve();
    return this.#queue.close();
  }

  async #list(): Promise<Controlled> {
    const { own, note } = await this.#own.list();
    // A capture setting takes precedence over a control of the camera with the same name.
    const capture = captureControls(this.#capture, {
      modes: await this.#modes.get(),
      isCopied: this.#camera.plan?.encoder === "copy",
    });
    const controls = { ...capture, ...own, ...capture };
    return { settings: valuesOf(controls), controls, ...(note === undefined ? {} : { note }) };
  }

  async #change(values: Values): Promise<Changed> {
    const own = Object.entries(values).filter(([name]) => !isCapture(name));
    const capture = changeCapture(this.#capture, captureOf(values));
    const { known = {}, undo } = own.length > 0 ? await this.#own.set(own) : {};
    if (own.length > 0) this.#batch.rest(OWN_REST_MS);
    try {
      const isRecaptured = await this.#recapture(capture);
      const lasting = own.filter(([name]) => known[name]?.type !== "button");
      this.#options.onSet?.(this.#capture, Object.fromEntries(lasting));
      const settings = { ...valuesOf(known), ...this.settings };
      return { settings, isChanged: isRecaptured || own.length > 0 };
    } catch (error) {
      await undo?.();
      throw error;
    }
  }

  /** Applies another capture, if it differs; returns whether it does. */
  async #recapture(capture: Capture): Promise<boolean> {
    const before = this.#capture;
    if (isSame(before, capture)) return false;
    const isWatched = this.#camera.status.state !== "closed";
    const began = performance.now();
    try {
      await this.#apply(capture);
    } catch (error) {
      await this.#apply(before).catch(() => {});
      throw error;
    } finally {
      if (isWatched) this.#batch.rest(Math.max(LEAST_REST_MS, REST * (performance.now() - began)));
    }
    return true;
  }

  async #apply(capture: Capture): Promise<void> {
    const { createSource, onChange } = this.#options;
    this.#capture = capture;
    onChange?.(capture);
    await this.#camera.reconfigure(createSource(capture), capture.fps);
  }
}

function captureOf(values: Values): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => isCapture(name)));
}

function isSame(a: Capture, b: Capture): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function isCapture(name: string): boolean {
  return REMOTE_SETTINGS.includes(name);
}

function valuesOf(controls: Controls): Record<string, ControlValue> {
  return Object.fromEntries(Object.entries(controls).map(([name, { value }]) => [name, value]));
}
