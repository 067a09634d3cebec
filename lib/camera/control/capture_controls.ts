import type { Mode } from "../../ffmpeg/mode/modes.ts";
import { sizesOf as offeredSizes } from "../../ffmpeg/mode/sizes.ts";
import {
  ALL_SETTINGS,
  type Capture,
  DEFAULT_QUALITY,
  type Setting,
  type SettingValue,
} from "../../frame/capture.ts";
import { captureValues } from "../../frame/change_capture.ts";
import type { Control, Controls } from "../device/device_controls.ts";

/** Sizes to offer when the camera's own are unknown. */
const USUAL_SIZES = ["320x240", "640x480", "1280x720", "1920x1080"];

/** Longer names for values, as the page shows them. */
const LABELS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  flip: { h: "left and right", v: "up and down", hv: "both" },
  rotate: { 0: "0°", 90: "90°", 180: "180°", 270: "270°" },
};

/** Facts about the camera that its controls depend on. */
export interface CameraFacts {
  /** The modes it offers. */
  modes: readonly Mode[];
  /** Whether the camera's own JPEG is currently passed on. */
  isCopied: boolean;
}

/** The capture settings that remote control can change, with their current values. */
export function captureControls(capture: Capture, facts: CameraFacts): Controls {
  const values = captureValues(capture);
  return Object.fromEntries(
    ALL_SETTINGS.filter(({ isRemote }) => isRemote).map((setting) => {
      const value = values[setting.name] ?? null;
      return [setting.name, controlOf(setting, value, facts)];
    }),
  );
}

function controlOf(
  { name, kind: { form }, none, initial }: Setting<unknown>,
  value: SettingValue,
  { modes, isCopied }: CameraFacts,
): Control {
  switch (form.type) {
    case "number":
    case "integer": {
      const control = { ...form, value, step: form.type === "integer" ? 1 : 0.1 };
      if (initial !== undefined) return control;
      // A quality is optional.
      return { ...control, default: null, automatic: isCopied ? null : DEFAULT_QUALITY };
    }
    case "switch":
      return { type: "boolean", value };
    case "word": {
      const choices = form.words.map((word) => choice(name, typed(word, value)));
      const nothing = none === undefined ? [] : [{ value: null, label: none }];
      return { type: "choice", value, choices: [...nothing, ...choices] };
    }
    default: {
      const sizes = [...new Set([...sizesOf(modes), String(value)])];
      return { type: "choice", value, choices: sizes.map((size) => choice(name, size)) };
    }
  }
}

/** A value as messages have it: degrees are numbers. */
function typed(word: string, like: SettingValue): SettingValue {
  return typeof like === "number" ? Number(word) : word;
}

function choice(name: string, value: SettingValue): { value: SettingValue; label: string } {
  return { value, label: LABELS[name]?.[String(value)] ?? String(value) };
}

/** From small to large. */
function sizesOf(modes: readonly Mode[]): string[] {
  const readable = modes.filter(({ isUnreadable = false }) => !isUnreadable);
  if (readable.length === 0) return USUAL_SIZES;
  return readable.flatMap(offeredSizes).sort((a, b) => a.width * a.height - b.width * b.height)
    .map(({ width, height }) => `${width}x${height}`);
}
