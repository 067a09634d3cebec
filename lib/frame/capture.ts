import { PIXEL_ENCODERS, type PixelEncoder } from "../jpeg/pixel_encoders.ts";
import { type Kind, number, oneOf, type Size, size, truth } from "../protocol/kind.ts";
import { BOUNDS } from "../protocol/viewer_settings.ts";
import { type Flip, FLIPS, type Rotation, ROTATIONS } from "./orientation.ts";

/** The maker of the JPEG: this program, nobody (the camera's own is passed on), or ffmpeg. */
export type EncoderName = PixelEncoder | "copy" | "ffmpeg";

/** The values of `--encoder`. */
export type EncoderChoice = "auto" | EncoderName;

/** The values of `--encoder`. */
export const ENCODERS: readonly EncoderChoice[] = ["auto", ...PIXEL_ENCODERS, "copy", "ffmpeg"];

/** How one camera is captured, and for how long: its settings. */
export interface Capture {
  /** The requested resolution, in pixels. */
  readonly resolution: Size;
  /** Frames a second. */
  readonly fps: number;
  /** JPEG quality, 0 to 100, if one was asked for. */
  readonly quality: number | undefined;
  /** The encoder that makes the JPEG. */
  readonly encoder: EncoderChoice;
  /** Clockwise, in degrees. */
  readonly rotate: Rotation;
  /** How pictures are mirrored after the rotation, if at all. */
  readonly flip: Flip | undefined;
  /** How long it stays open after its last viewer, in seconds. */
  readonly linger: number;
  /** Whether it stays open while nobody watches. */
  readonly alwaysOn: boolean;
}

/** A value of a setting, as messages and files have it. */
export type SettingValue = number | string | boolean | null;

/**
 * One of a camera's settings, wherever it is set: by an option, a variable, a file, behind a
 * source, or by remote control. `undefined` stands for none.
 */
export interface Setting<T> {
  /** As users write it. */
  readonly name: string;
  /** One letter, as after `-`. */
  readonly short?: string;
  /** The name of its value in the help; without it, the setting is a switch. */
  readonly value?: string;
  /** The help's words. */
  readonly help: string;
  /** The kind of values it takes. */
  readonly kind: Kind<NonNullable<T>>;
  /** Its default. */
  readonly initial: T;
  /** The word for "none", besides the other words. */
  readonly none?: string;
  /** The value in the form that messages and files use. */
  show(value: T): SettingValue;
  /** Whether remote control can set it. */
  readonly isRemote: boolean;
  /**
   * A word for what a value other than the default changes about pictures, if they can't be the
   * camera's own then: "turned".
   */
  readonly change?: string;
}

/** The quality if none was asked for. */
export const DEFAULT_QUALITY = 80;

/** The settings of a camera, in the order in which they are listed. */
export const SETTINGS: { readonly [K in keyof Capture]: Setting<Capture[K]> } = {
  resolution: {
    name: "resolution",
    short: "r",
    value: "WxH",
    help: "size to ask the camera for (default 640x480)",
    kind: size,
    initial: { width: 640, height: 480 },
    show: ({ width, height }) => `${width}x${height}`,
    isRemote: true,
  },
  fps: {
    name: "fps",
    short: "f",
    value: "N",
    help: "frames a second, 0.1 to 120 (default 10)",
    kind: number(BOUNDS.fps),
    initial: 10,
    show: (value) => value,
    isRemote: true,
  },
  quality: {
    name: "quality",
    short: "q",
    value: "N",
    help: "JPEG quality, 0 to 100 (default 80)",
    kind: number({ ...BOUNDS.quality, whole: true }),
    initial: undefined,
    show: (value) => value ?? null,
    isRemote: true,
    change: "of another quality",
  },
  encoder: {
    name: "encoder",
    short: "e",
    value: "NAME",
    help: `${ENCODERS.join(", ")} (default auto)`,
    kind: oneOf(ENCODERS),
    initial: "auto",
    show: (value) => value,
    isRemote: true,
  },
  rotate: {
    name: "rotate",
    value: "DEGREES",
    help: `${ROTATIONS.join(", ")}, clockwise (default 0)`,
    kind: oneOf(ROTATIONS),
    initial: "0",
    show: Number,
    isRemote: true,
    change: "turned",
  },
  flip: {
    name: "flip",
    value: "AXES",
    help: "h, v or hv: left and right, up and down, both",
    kind: oneOf(FLIPS),
    initial: undefined,
    none: "none",
    show: (value) => value ?? null,
    isRemote: true,
    change: "turned",
  },
  linger: {
    name: "linger",
    value: "SECONDS",
    help: "seconds that a camera stays open after its last viewer (default 10)",
    kind: number({ min: 0, max: 1_000_000 }),
    initial: 10,
    show: (value) => value,
    isRemote: false,
  },
  alwaysOn: {
    name: "always-on",
    help: "keep cameras open even if nobody watches",
    kind: truth,
    initial: false,
    show: (value) => value,
    isRemote: false,
  },
};

/** The same as a list. */
export const ALL_SETTINGS: readonly Setting<unknown>[] = Object.values(SETTINGS);
