import { quote } from "../protocol/quote.ts";
import { BOUNDS } from "../protocol/viewer_settings.ts";
import { DEFAULT_QUALITY } from "../ffmpeg/ffmpeg_args.ts";
import type { Controls, ControlValue } from "./device/device_controls.ts";
import type { Mode } from "../ffmpeg/modes.ts";
import { type Flip, FLIPS, type Rotation, ROTATIONS } from "../frame/orientation.ts";
import { type EncoderChoice, ENCODERS, pictureChange } from "../ffmpeg/plan.ts";

/** How a camera is captured: what can be changed while it runs. */
export interface Capture {
  /** Asked of the camera, in pixels. */
  resolution: { width: number; height: number };
  /** Frames a second. */
  fps: number;
  /** JPEG quality, 0 to 100, if any was asked for. */
  quality: number | undefined;
  /** Who makes the JPEG. */
  encoder: EncoderChoice;
  /** Clockwise, in degrees. */
  rotate: Rotation;
  /** How pictures are mirrored, if at all. */
  flip: Flip | undefined;
}

/** The names of what {@linkcode changeCapture} changes. */
export const CAPTURE_SETTINGS = [
  ...["resolution", "fps", "quality", "encoder", "rotate", "flip"] as const,
];

const { fps: FPS, quality: QUALITY, width: SIDE } = BOUNDS;

/** What a capture is, as messages tell it. */
export function captureValues(capture: Capture): Record<string, ControlValue> {
  const { resolution: { width, height }, fps, quality, encoder, rotate, flip } = capture;
  return {
    resolution: `${width}x${height}`,
    fps,
    quality: quality ?? null,
    encoder,
    rotate: Number(rotate),
    flip: flip ?? null,
  };
}

/**
 * What can be set of a capture.
 *
 * @param modes what the camera offers
 * @param isCopied whether the camera's own JPEG is passed on now
 */
export function captureControls(
  capture: Capture,
  { modes, isCopied }: { modes: readonly Mode[]; isCopied: boolean },
): Controls {
  const { resolution, fps, quality, encoder, rotate, flip } = captureValues(capture);
  const sizes = new Set([
    ...modes.toSorted((a, b) => a.width * a.height - b.width * b.height)
      .map(({ width, height }) => `${width}x${height}`),
    ...(modes.length === 0 ? ["320x240", "640x480", "1280x720", "1920x1080"] : []),
    String(resolution),
  ]);
  const same = (value: ControlValue) => ({ value, label: String(value) });
  const flips = { h: "left and right", v: "up and down", hv: "both" };
  return {
    resolution: choice(resolution ?? null, [...sizes].map(same)),
    fps: { type: "number", value: fps ?? null, ...FPS, step: 0.1 },
    quality: {
      type: "integer",
      value: quality ?? null,
      default: null,
      automatic: isCopied ? null : DEFAULT_QUALITY,
      ...QUALITY,
      step: 1,
    },
    encoder: choice(encoder ?? null, ENCODERS.map(same)),
    rotate: choice(
      rotate ?? null,
      ROTATIONS.map((each) => ({ value: Number(each), label: `${each}°` })),
    ),
    flip: choice(flip ?? null, [
      { value: null, label: "none" },
      ...FLIPS.map((value) => ({ value, label: flips[value] })),
    ]),
  };
}

/**
 * A capture with other values.
 *
 * @throws {RangeError} when one is none that it can have: "field 'fps' must be …"
 */
export function changeCapture(capture: Capture, set: Readonly<Record<string, unknown>>): Capture {
  const changed = { ...capture };
  for (const [name, value] of Object.entries(set)) {
    switch (name) {
      case "resolution":
        changed.resolution = size(value);
        break;
      case "fps":
        changed.fps = between(name, value, FPS);
        break;
      case "quality":
        changed.quality = value === null ? undefined : whole(name, value);
        break;
      case "encoder":
        changed.encoder = among(name, value, ENCODERS);
        break;
      case "rotate":
        changed.rotate = among(name, value, ROTATIONS, Number);
        break;
      case "flip":
        changed.flip = value === null ? undefined : among(name, value, FLIPS);
        break;
    }
  }
  if (changed.encoder === "copy" && pictureChange(changed) !== undefined) {
    throw new RangeError(
      "field 'encoder' must be another than 'copy', or 'quality' null, 'rotate' 0 and 'flip' null",
    );
  }
  return changed;
}

function choice(
  value: ControlValue,
  choices: { value: ControlValue; label: string }[],
): Controls[string] {
  return { type: "choice", value, choices };
}

function size(value: unknown): Capture["resolution"] {
  const text = typeof value === "string" ? value : "";
  const [, width, height] = text.match(/^(\d{1,5})x(\d{1,5})$/) ?? [];
  const sides = [Number(width), Number(height)] as const;
  if (sides.every((side) => side >= SIDE.min && side <= SIDE.max)) {
    return { width: sides[0], height: sides[1] };
  }
  const rule = `'WIDTHxHEIGHT', each ${SIDE.min} to ${SIDE.max}`;
  throw new RangeError(`field 'resolution' must be ${rule}, got ${quote(value)}`);
}

function between(name: string, value: unknown, { min, max }: { min: number; max: number }): number {
  if (typeof value === "number" && value >= min && value <= max) return value;
  throw new RangeError(
    `field '${name}' must be a number from ${min} to ${max}, got ${quote(value)}`,
  );
}

function whole(name: string, value: unknown): number {
  const { min, max } = QUALITY;
  const isWhole = typeof value === "number" && Number.isInteger(value);
  if (isWhole && value >= min && value <= max) return value;
  throw new RangeError(
    `field '${name}' must be a whole number from ${min} to ${max}, got ${quote(value)}`,
  );
}

function among<T extends string>(
  name: string,
  value: unknown,
  words: readonly T[],
  /** What may be given as well. */
  read: (word: string) => unknown = String,
): T {
  const found = words.find((word) => word === value || read(word) === value);
  if (found !== undefined) return found;
  const rule = words.map(quote).join(", ");
  throw new RangeError(`field '${name}' must be one of ${rule}, got ${quote(value)}`);
}
