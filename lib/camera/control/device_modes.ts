import { cameraOs } from "../../ffmpeg/input.ts";
import type { Mode } from "../../ffmpeg/mode/modes.ts";
import { askModes } from "../device/ask_modes.ts";
import { listDevices } from "../device/devices.ts";
import { findInput } from "../ffmpeg/find_input.ts";
import { isDevice } from "../ffmpeg/ffmpeg_spec.ts";
import type { SourceSpec } from "../source_kinds.ts";

export interface DeviceModesOptions {
  /** The source that is asked. */
  spec: SourceSpec;
  /** The ffmpeg to run. */
  ffmpeg: string;
  /** Aborts the query. */
  signal: AbortSignal;
}

/**
 * A camera that doesn't answer within this time is treated as having nothing to set, in
 * milliseconds.
 */
const ASK_MS = 10_000;
/** It is queried again after this time, in milliseconds. */
const KNOWN_MS = 5000;

/** The modes that a device currently offers, queried at most every few seconds. */
export class DeviceModes {
  readonly #options: DeviceModesOptions;
  #asked: { at: number; modes: Promise<readonly Mode[]> } | undefined;

  constructor(options: DeviceModesOptions) {
    this.#options = options;
  }

  /** The modes; an empty list if the source is not a device, or doesn't say. */
  get(): Promise<readonly Mode[]> {
    const now = performance.now();
    if (this.#asked === undefined || now - this.#asked.at >= KNOWN_MS) {
      this.#asked = { at: now, modes: this.#ask() };
    }
    return this.#asked.modes;
  }

  async #ask(): Promise<readonly Mode[]> {
    const { spec, ffmpeg, signal } = this.#options;
    if (!isDevice(spec)) return [];
    try {
      const os = cameraOs();
      const input = await findInput(spec, { os, devices: () => listDevices(ffmpeg, os) });
      const limited = AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]);
      return await askModes(input, { ffmpeg, os, signal: limited }) ?? [];
    } catch {
      // The camera may be unplugged; its capture can be set all the same.
      return [];
    }
  }
}
