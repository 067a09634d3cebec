import type { Capture, SettingValue } from "../../../frame/capture.ts";
import { captureValues, changeCapture, REMOTE_SETTINGS } from "../../../frame/change_capture.ts";

/** A setting that remote control has set. */
export interface Override {
  /** The value that it was set to. */
  readonly value: SettingValue;
  /** The value of options and files at that time: if they say something else later, that holds. */
  readonly asked: SettingValue;
}

/** The values that remote control has set of a camera. */
export interface CameraOverrides {
  /** How it is captured, by setting. */
  readonly capture: Readonly<Record<string, Override>>;
  /** The camera's own controls. */
  readonly own: Readonly<Record<string, SettingValue>>;
}

/** A change by remote control. */
export interface SetByControl {
  /** The capture by options and files. */
  asked: Capture;
  /** How the camera is captured now. */
  changed: Capture;
  /** The changed values of the camera's own controls. */
  own: Readonly<Record<string, unknown>>;
}

/**
 * The values that remote control has set of all cameras. They hold until options or files say
 * something new.
 */
export class Overrides {
  readonly #cameras: Map<string, CameraOverrides>;
  readonly #onChange: () => void;

  /**
   * @param cameras what was set before
   * @param onChange called when it is to be kept
   */
  constructor(cameras: Iterable<[string, CameraOverrides]> = [], onChange: () => void = () => {}) {
    this.#cameras = new Map(cameras);
    this.#onChange = onChange;
  }

  /** All of it, by camera. */
  get all(): ReadonlyMap<string, CameraOverrides> {
    return this.#cameras;
  }

  /** How a camera is captured that is asked for, and what its own controls are set to. */
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

  /** Remote control has set something. */
  set(name: string, { asked, changed, own }: SetByControl): void {
    const [before, after] = [captureValues(asked), captureValues(changed)];
    const capture = Object.fromEntries(
      REMOTE_SETTINGS.filter((setting) => after[setting] !== before[setting])
        .map((each) => [each, { value: after[each] ?? null, asked: before[each] ?? null }]),
    );
    const others = this.#cameras.get(name)?.own;
    // Each value has been found to be one that its control takes.
    this.#keep(name, { capture, own: { ...others, ...own as CameraOverrides["own"] } });
  }

  #keep(name: string, overrides: CameraOverrides): void {
    const isEmpty = Object.keys(overrides.capture).length + Object.keys(overrides.own).length === 0;
    if (isEmpty) this.#cameras.delete(name);
    else this.#cameras.set(name, overrides);
    this.#onChange();
  }
}
