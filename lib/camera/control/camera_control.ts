import type { Mode } from "../../ffmpeg/mode/modes.ts";
import { askModes } from "../device/ask_modes.ts";
import type { Camera } from "../camera.ts";
import type { Capture } from "../../frame/capture.ts";
import { captureValues, changeCapture, REMOTE_SETTINGS } from "../../frame/change_capture.ts";
import { captureControls } from "./capture_controls.ts";
import { ChangeQueue } from "./change_queue.ts";
import type { Controls, ControlValue } from "../device/device_controls.ts";
import { listDevices } from "../device/devices.ts";
import { cameraOs } from "../../ffmpeg/input.ts";
import { findInput } from "../ffmpeg/find_input.ts";
import { checkEncodable } from "./encodable.ts";
import { OwnControls } from "../device/own_controls.ts";
import { SourceError } from "../../frame/source_error.ts";
import { sleep } from "../../time/sleep.ts";
import type { Source } from "../source.ts";
import { isDevice, type SourceSpec } from "../source_spec.ts";

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

/** A camera that doesn't answer within this time is taken for one with nothing to set, in milliseconds. */
const ASK_MS = 10_000;
/** The camera is asked again for its modes after this time, in milliseconds. */
const MODES_MS = 5000;
/** Pictures go on for so many times as long as a change held them up, before the next one does. */
const REST = 6;
/** And for so long, in milliseconds. */
const LEAST_REST_MS = 2000;
const LONGEST_REST_MS = 15_000;
/** Its own controls don't hold pictures up, but each takes a program. */
const OWN_REST_MS = 100;

/** The greatest number of changes that wait to be made together. */
const MOST_TOGETHER = 1000;

/** Settings by their names, to be set. */
type Values = Readonly<Record<string, unknown>>;

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
  /** The changes that wait, if any do; they are made together. */
  #waiting: { parts: Values[]; done: Promise<PromiseSettledResult<Changed>[]> } | undefined;
  #listing: Promise<Controlled> | undefined;
  #modesAsked: { at: number; modes: Promise<readonly Mode[]> } | undefined;
  /** When the next change may begin, by a clock that never jumps. */
  #restUntil = -Infinity;

  constructor(camera: Camera, options: CameraControlOptions) {
    this.#camera = camera;
    this.#options = options;
    this.#capture = options.capture;
    const { spec, ffmpeg } = options;
    this.#own = new OwnControls({ spec, ffmpeg, signal: this.#queue.signal });
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
  async set(values: Readonly<Record<string, unknown>>): Promise<Changed> {
    const { spec } = this.#options;
    const capture = changeCapture(
      this.#capture,
      captureOf(merged([...this.#waiting?.parts ?? [], values])),
    );
    if (!isSame(capture, this.#capture)) checkEncodable(spec, capture);
    if (this.#waiting !== undefined) {
      const { parts, done } = this.#waiting;
      if (parts.length >= MOST_TOGETHER) {
        throw new SourceError("busy", "is being controlled by many: try again in a moment");
      }
      const index = parts.push(values) - 1;
      return { ...resultOf(await done, index), isChanged: false };
    }
    if (Object.keys(values).every(isCapture) && isSame(capture, this.#capture)) {
      return { settings: this.settings, isChanged: false };
    }
    // The next list shows what this change leaves.
    this.#listing = undefined;
    const done = this.#queue.run(() => this.#setWaiting());
    this.#waiting = { parts: [values], done };
    try {
      return resultOf(await done, 0);
    } finally {
      if (this.#waiting?.done === done) this.#waiting = undefined;
    }
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
      modes: await this.#modes(),
      isCopied: this.#camera.plan?.encoder === "copy",
    });
    const controls = { ...capture, ...own, ...capture };
    return { settings: valuesOf(controls), controls, ...(note === undefined ? {} : { note }) };
  }

  /** One that can't be made must not take the others with it: then each is made alone. */
  async #setWaiting(): Promise<PromiseSettledResult<Changed>[]> {
    const { signal } = this.#queue;
    await sleep(this.#restUntil - performance.now(), signal);
    if (signal.aborted) throw new SourceError("ended", "is being closed");
    const { parts = [] } = this.#waiting ?? {};
    this.#waiting = undefined;
    const [together] = await Promise.allSettled([this.#change(merged(parts))]);
    if (together.status === "fulfilled" || parts.length === 1) return parts.map(() => together);
    const results: PromiseSettledResult<Changed>[] = [];
    for (const part of parts) results.push(...await Promise.allSettled([this.#change(part)]));
    return results;
  }

  async #change(values: Values): Promise<Changed> {
    const own = Object.entries(values).filter(([name]) => !isCapture(name));
    const capture = changeCapture(this.#capture, captureOf(values));
    const { known = {}, undo } = own.length > 0 ? await this.#own.set(own) : {};
    if (own.length > 0) this.#rest(OWN_REST_MS);
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
      if (isWatched) this.#rest(Math.max(LEAST_REST_MS, REST * (performance.now() - began)));
    }
    return true;
  }

  async #apply(capture: Capture): Promise<void> {
    const { createSource, onChange } = this.#options;
    this.#capture = capture;
    onChange?.(capture);
    await this.#camera.reconfigure(createSource(capture), capture.fps);
  }

  #rest(ms: number): void {
    const until = performance.now() + Math.min(ms, LONGEST_REST_MS);
    this.#restUntil = Math.max(this.#restUntil, until);
  }

  #modes(): Promise<readonly Mode[]> {
    const now = performance.now();
    if (this.#modesAsked !== undefined && now - this.#modesAsked.at < MODES_MS) {
      return this.#modesAsked.modes;
    }
    const modes = this.#askModes();
    this.#modesAsked = { at: now, modes };
    return modes;
  }

  async #askModes(): Promise<readonly Mode[]> {
    const { spec, ffmpeg } = this.#options;
    if (!isDevice(spec)) return [];
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

/** The last value of each name wins. */
function merged(parts: readonly Values[]): Values {
  return Object.assign({}, ...parts);
}

function resultOf(results: readonly PromiseSettledResult<Changed>[], index: number): Changed {
  const result = results[index];
  if (result?.status === "fulfilled") return result.value;
  throw result?.reason;
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
