import type { Capture } from "../../frame/capture.ts";
import { captureValues, changeCapture, REMOTE_SETTINGS } from "../../frame/change_capture.ts";
import type { Camera } from "../camera.ts";
import type { Controls, ControlValue } from "../device/device_controls.ts";
import { OwnControls } from "../device/own_controls.ts";
import type { Source } from "../source.ts";
import type { SourceSpec } from "../source_spec.ts";
import { captureControls } from "./capture_controls.ts";
import { ChangeBatch, type Values } from "./change_batch.ts";
import { ChangeQueue } from "./change_queue.ts";
import { DeviceModes } from "./device_modes.ts";
import { checkEncodable } from "./encodable.ts";

/** Options of {@linkcode CameraControl}. */
export interface CameraControlOptions {
  /** The source that the camera reads. */
  spec: SourceSpec;
  /** The ffmpeg to run. */
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

/** The present settings and, where asked for, the controls that can be set. */
export interface Controlled {
  /** The values by name. */
  settings: Record<string, ControlValue>;
  /** The type and range of each. */
  controls?: Controls;
  /** Why the camera's own controls are not among them, where that can be mended. */
  note?: string;
}

/** The result of a change. */
export interface Changed extends Controlled {
  /** Whether something is other than before, of which nobody has been told yet. */
  isChanged: boolean;
}

/** Pictures go on for so many times as long as a change held them up, before the next one does. */
const REST = 6;
/** And for so long, in milliseconds. */
const LEAST_REST_MS = 2000;
/** Its own controls don't hold pictures up, but each takes a program. */
const OWN_REST_MS = 100;

/**
 * Remote control of one camera, for everyone who watches it: how it is captured, and its own controls. One
 * change after the other: who comes second acts on what the first has left. A change waits until the last one
 * has delivered pictures for a while, and what is asked for meanwhile is done with it, at once.
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
      // It may have been plugged in again, whenever it was closed. A control that can no longer be set is left as it is.
      if (state === "live") this.#queue.run(() => this.#own.restore()).catch(() => {});
    });
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

  /**
   * The controls, with ranges and present values. Requests at the same time get the same answer.
   */
  list(): Promise<Controlled> {
    const listing = this.#listing ??= this.#queue.run(() => this.#list()).finally(() => {
      if (this.#listing === listing) this.#listing = undefined;
    });
    return listing;
  }

  /**
   * Sets what is named, and leaves the rest. Pictures go on, after a moment, for everyone who watches.
   *
   * @throws {RangeError} when a value can't be set, with the field and the rule
   * @throws {SourceError} when the camera refuses it: then it is as it was
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
      // The next list shows what this change leaves.
      this.#listing = undefined;
    }
    const { result, isFirst } = await this.#batch.add(values);
    // Those that were made together are told of once.
    return isFirst ? result : { ...result, isChanged: false };
  }

  /** Ends what goes on, and refuses what comes. */
  close(): Promise<void> {
    this.#unobserve();
    return this.#queue.close();
  }

  async #list(): Promise<Controlled> {
    const { own, note } = await this.#own.list();
    // How it is captured comes first, also where the camera has a control of that name.
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

  /** Captures in another way, if it is another; says whether it is. */
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
