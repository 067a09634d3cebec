import { readKind } from "../protocol/kind.ts";
import { quote } from "../protocol/quote.ts";
import {
  ALL_SETTINGS,
  type Capture,
  type Setting,
  SETTINGS,
  type SettingValue,
} from "./capture.ts";

const ALL = Object.entries(SETTINGS) as [keyof Capture, Setting<unknown>][];
/** Settings that rule out the camera's own pictures. */
const CHANGING = ALL.filter(([, { change }]) => change !== undefined);

/** The capture of a camera without any settings. */
export const DEFAULT_CAPTURE: Capture = withEach((setting) => setting.initial);

/** The names of the settings that {@linkcode changeCapture} changes. */
export const REMOTE_SETTINGS: readonly string[] = ALL_SETTINGS.filter(({ isRemote }) => isRemote)
  .map(({ name }) => name);

/** A capture in the form that messages and files use. */
export function captureValues(capture: Capture): Record<string, SettingValue> {
  return Object.fromEntries(ALL.map(([key, { name, show }]) => [name, show(capture[key])]));
}

/**
 * A capture with one setting changed, given as text.
 *
 * @throws {RangeError} with the rule and the given text: "must be a number from 0.1 to 120, got
 *   'x'"
 */
export function setCapture(capture: Capture, name: string, text: string): Capture {
  return withEach((setting, key) =>
    setting.name === name ? readSetting(setting, text) : capture[key]
  );
}

/**
 * Parses a setting.
 *
 * @throws {RangeError} with the rule and the given text
 */
export function readSetting<T>({ kind, none }: Setting<T>, text: string): T | undefined {
  if (text === none) return undefined;
  const rule = none === undefined ? kind.rule : `${kind.rule} or ${none}`;
  return readKind({ ...kind, rule }, text);
}

/**
 * A capture with other values, as in a message; `null` stands for none.
 *
 * @throws {RangeError} when a value is not allowed: "field 'fps' must be …"
 */
export function changeCapture(capture: Capture, set: Readonly<Record<string, unknown>>): Capture {
  const changed = withEach((setting, key) => {
    const { name } = setting;
    if (!setting.isRemote || !Object.hasOwn(set, name)) return capture[key];
    return readValue(setting, set[name]);
  });
  if (isCopyChanged(changed)) {
    const own = changingSettings("and", ({ name, show, initial }) => `'${name}' ${show(initial)}`);
    throw new RangeError(`field 'encoder' must be something other than 'copy', or ${own}`);
  }
  return changed;
}

/** Names the settings that rule out the camera's own pictures: "a, b and c". */
export function changingSettings(
  conjunction: "and" | "or",
  wordFor: (setting: Setting<unknown>) => string,
): string {
  const type = conjunction === "and" ? "conjunction" : "disjunction";
  const words = CHANGING.map(([, setting]) => wordFor(setting));
  return new Intl.ListFormat("en-GB", { type }).format(words);
}

/** Whether the camera's own JPEG is to be passed on while a setting requires a new encoding. */
export function isCopyChanged(capture: Capture): boolean {
  return capture.encoder === "copy" && pictureChange(capture) !== undefined;
}

/**
 * Why a camera's own pictures can't be passed on, as a word about the wanted ones: "turned";
 * `undefined` if they can.
 */
export function pictureChange(wish: Partial<Capture>): string | undefined {
  const [, setting] =
    CHANGING.findLast(([key, { initial }]) => (wish[key] ?? initial) !== initial) ?? [];
  return setting?.change;
}

function withEach(make: (setting: Setting<unknown>, key: keyof Capture) => unknown): Capture {
  // The table has each key, with the type of its values.
  return Object.fromEntries(
    ALL.map(([key, setting]) => [key, make(setting, key)]),
  ) as unknown as Capture;
}

function readValue(setting: Setting<unknown>, value: unknown): unknown {
  const { name, kind: { rule, form, take }, initial } = setting;
  if (value === null && initial === undefined) return undefined;
  const isNumber = typeof value === "number";
  const isText = typeof value === "string";
  // Words may be numbers: degrees are.
  const fits = form.type === "switch"
    ? typeof value === "boolean"
    : form.type === "number" || form.type === "integer"
    ? isNumber
    : isText || form.type === "word" && isNumber;
  const taken = fits ? take(String(value)) : undefined;
  if (taken !== undefined) return taken;
  throw new RangeError(`field '${name}' must be ${rule}, got ${quote(value)}`);
}
