import type { Capture, SettingValue } from "../../../frame/capture.ts";
import { captureValues, changeCapture, REMOTE_SETTINGS } from "../../../frame/change_capture.ts";

/** A setting changed by remote control. */
export interface Override {
  /** The value it was set to. */
  readonly value: SettingValue;
  /** The configured value at that time: a later change of the configuration wins. */
  readonly asked: SettingValue;
}

/** The values of a camera that were set by remote control. */
export interface CameraOverrides {
  /** Its capture, by setting. */
  readonly capture: Readonly<Record<string, Override>>;
  /** The camera's own controls. */
  readonly own: Readonly<Record<string, SettingValue>>;
}

/** A change by remote control. */
export interface SetByControl {
  /** The capture according to the configuration. */
  asked: Capture;
  /** How the camera is captured now. */
  changed: Capture;
  /** The changed values of the camera's own controls. */
  own: Readonly<Record<string, unknown>>;
}

/**
 * The values of all cameras that were set by remote control. Each holds until the configuration of
 * its setting changes.
 */
export class Overrides {
  readonly #cameras: Map<string, CameraOverrides>;
  readonly #onChange: () => void;

  /**
   * @param cameras the values from before
   * @param onChange called when they should be saved
   */
  constructor(cameras: Iterable<[string, CameraOverrides]> = [], onChange: () => void = () => {}) {
    this.#cameras = new Map(cameras);
    this.#onChange = onChange;
  }

  /** All of it, by camera. */
  get all(): ReadonlyMap<string, CameraOverrides> {
    return this.#cameras;
  }

  /** The capture of a configured camera, and the values of its own controls. */
  of(name: string, asked: Capture): { capture: Capture; own: CameraOverrides["own"] } {
    const found = this.#cameras.get(name);
    if (found === undefined) return { capture: asked, own: {} };
    const values = captureValues(asked);
    const holding = Object.entries(found.capture)
      .filter(([setting, override]) => override.asked === (values[setting] ?? null));
    if (holding.length < Object.keys(found.capture).length) {
      this.#keep(name, { ...found, capture: Object.fromEntries(holding) });
    }
    const set = holding.map(([setting, { value }]) => [setting, value]);
    try {
      return { capture: changeCapture(asked, Object.fromEntries(set)), own: found.own };
    } catch {
      // It doesn't go together with what is asked for now.
      this.#keep(name, { ...found, capture: {} });
      return { capture: asked, own: found.own };
    }
  }

  /** Records a change by remote control. */
  set(name: string, { asked, changed, own }: SetByControl): void {
    const [before, after] = [captureValues(asked), captureValues(changed)];
    const capture = Object.fromEntries(
      REMOTE_SETTINGS.filter((setting) => after[setting] !== before[setting])
        .map((each) => [each, { value: after[each] ?? null, asked: before[each] ?? null }]),
    );
    const others = this.#cameras.get(name)?.own;
    // Each value was checked against its control before.
    this.#keep(name, { capture, own: { ...others, ...own as CameraOverrides["own"] } });
  }

  #keep(name: string, overrides: CameraOverrides): void {
    const isEmpty = Object.keys(overrides.capture).length + Object.keys(overrides.own).length === 0;
    if (isEmpty) this.#cameras.delete(name);
    else this.#cameras.set(name, overrides);
    this.#onChange();
  }
}
