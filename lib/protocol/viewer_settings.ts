import { quote } from "./quote.ts";

/** How pictures are sent to a viewer: text with base64, JPEG files, or an H.264 stream. */
export const FORMATS = ["json", "binary", "h264"] as const;

/** One of {@linkcode FORMATS}. */
export type Format = typeof FORMATS[number];

/** The settings of a viewer. */
export interface ViewerSettings {
  /** The camera's name. */
  camera: string;
  /** The maximum rate, in pictures a second; `null` for as many as the camera gives. */
  fps: number | null;
  /** JPEG quality, 0 to 100; `null` for the camera's own. */
  quality: number | null;
  /** In pixels; the height follows. At most the camera's own, which `null` stands for. */
  width: number | null;
  /** How pictures are sent. */
  format: Format;
  /** Whether a picture waits until the last but one is acknowledged. */
  ack: boolean;
  /** Whether the viewer gets the annotations that programs make of the pictures. */
  annotations: boolean;
}

/**
 * The result of {@linkcode parseSettings}: the usable fields, and what is wrong with the first bad
 * one.
 */
export type ParsedSettings =
  | { ok: true; settings: Partial<ViewerSettings> }
  | { ok: false; settings: Partial<ViewerSettings>; message: string };

/**
 * Limits of what a camera or a viewer can be asked for; that of a width applies to heights as well.
 */
export const BOUNDS = {
  fps: { min: 0.1, max: 120 },
  quality: { min: 0, max: 100 },
  width: { min: 16, max: 8192 },
} as const;

/** The fields that a viewer can set, in the order in which they are listed. */
export const SETTINGS: readonly (keyof ViewerSettings)[] = [
  "camera",
  "fps",
  "quality",
  "width",
  "format",
  "ack",
  "annotations",
];

/** Says what a value must be, if it is wrong. */
type Rule = (value: unknown) => string | undefined;

const RULES: Readonly<Record<keyof ViewerSettings, Rule>> = {
  camera: (value) => typeof value === "string" ? undefined : "a camera's name",
  fps: numberRule("fps"),
  quality: numberRule("quality", { whole: true }),
  width: numberRule("width", { whole: true }),
  format: (value) =>
    FORMATS.some((each) => each === value) ? undefined : "'json', 'binary' or 'h264'",
  ack: switchRule,
  annotations: switchRule,
};

/**
 * Reads a viewer's settings from a command's fields; `null` stands for the camera's own. Other
 * fields are left to the caller.
 */
export function parseSettings(fields: Readonly<Record<string, unknown>>): ParsedSettings {
  const given = SETTINGS.filter((name) => fields[name] !== undefined);
  const good = given.filter((name) => RULES[name](fields[name]) === undefined);
  const settings = Object.fromEntries(good.map((name) => [name, composed(fields[name])]));
  const wrong = given.find((name) => !good.includes(name));
  if (wrong === undefined) return { ok: true, settings };
  const value = fields[wrong];
  const message = `field '${wrong}' must be ${RULES[wrong](value)}, got ${quote(value)}`;
  return { ok: false, settings, message };
}

/**
 * Reads a viewer's settings from its URL. Unknown fields are ignored, as the Python service ignored
 * all of them; of a repeated one, the first counts.
 */
export function parseQuery(query: URLSearchParams): ParsedSettings {
  const given = SETTINGS.filter((name) => query.has(name));
  return parseSettings(
    Object.fromEntries(given.map((name) => [name, typed(name, query.get(name) ?? "")])),
  );
}

/**
 * Keyboards and file systems write "é" in two ways; names use the shorter one (Unicode's form C).
 */
function composed(value: unknown): unknown {
  return typeof value === "string" ? value.normalize("NFC") : value;
}

const SWITCH: Readonly<Record<string, boolean>> = { 1: true, true: true, 0: false, false: false };

/**
 * A query's text as the value that a command would have; if it is not one, it stays a text, which
 * every rule rejects.
 */
function typed(name: keyof ViewerSettings, text: string): unknown {
  switch (name) {
    case "fps":
    case "quality":
    case "width":
      return /^\d+(\.\d+)?$|^\.\d+$/.test(text) ? Number(text) : text;
    case "ack":
    case "annotations":
      return Object.hasOwn(SWITCH, text) ? SWITCH[text] : text;
    default:
      return text;
  }
}

function switchRule(value: unknown): string | undefined {
  return typeof value === "boolean" ? undefined : "true or false";
}

function numberRule(name: keyof typeof BOUNDS, { whole = false } = {}): Rule {
  const { min, max } = BOUNDS[name];
  return (value) => {
    if (value === null) return undefined;
    const isNumber = typeof value === "number" && value >= min && value <= max;
    if (isNumber && (!whole || Number.isInteger(value))) return undefined;
    return `a ${whole ? "whole number" : "number"} from ${min} to ${max}`;
  };
}
