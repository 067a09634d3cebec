import { askProgram, type Problem } from "../../ffmpeg/ask_program.ts";
import { SourceError } from "../../frame/source_error.ts";

/** A value of a control. */
export type ControlValue = number | string | boolean | null;

/** A control of a camera. */
export interface Control {
  /** The type of its values; a button takes `true`, which presses it. */
  type: "integer" | "number" | "boolean" | "choice" | "string" | "button";
  /** The current value; `null` for a button. */
  value: ControlValue;
  /** The default value. */
  default?: ControlValue;
  /**
   * The value that `null` currently stands for, where `null` is allowed; `null` for the camera's
   * own.
   */
  automatic?: ControlValue;
  /** The minimum of a number, or the minimum length of a string in bytes. */
  min?: number;
  /** The maximum of a number, or the maximum length of a string in bytes. */
  max?: number;
  /** The step between two values of a number. */
  step?: number;
  /** The allowed values. */
  choices?: { value: ControlValue; label: string }[];
  /** Whether another control currently makes it ineffective. */
  inactive?: boolean;
}

/** Controls by name. */
export type Controls = Record<string, Control>;

/** A value as v4l2-ctl takes it. */
export type DeviceValue = number | string;

const LINE =
  /^\s*(?:((?!0x[0-9a-f]{8} )[a-z0-9][a-z0-9_]*) )?(?:0x([0-9a-f]{8}) )?\((int|int64|bitmask|bool|menu|intmenu|button|str)\)\s*: (.*)$/;
const TOOL = "v4l2-ctl";

/**
 * The controls of a camera, and how to address those whose name v4l2-ctl can't tell from another's.
 */
export interface DeviceControls {
  /** By name. */
  controls: Controls;
  /**
   * The numbers by which v4l2-ctl addresses some controls, by name; `undefined` if it would set
   * another control.
   */
  numbers: Map<string, string | undefined>;
}

/** Reads what `v4l2-ctl --list-ctrls-menus` prints; controls of other kinds are left out. */
export function parseControls(text: string): DeviceControls {
  const controls: Controls = {};
  const names = new Names();
  let menu: Control | undefined;
  for (const line of text.split("\n")) {
    const [, own, number, kind, rest = ""] = line.match(LINE) ?? [];
    const [, index, label] = line.match(/^\s+(\d+): (.*)$/) ?? [];
    if (kind !== undefined) {
      const control = readControl(kind, rest);
      const name = names.add(own, number);
      menu = control?.type === "choice" ? control : undefined;
      if (control !== undefined && name !== undefined) controls[name] = control;
    } else if (index !== undefined && menu !== undefined) {
      menu.choices?.push({ value: Number(index), label: (label ?? "").trim() });
    }
  }
  for (const [name, number] of names.numbers) {
    const control = controls[name];
    if (control !== undefined && number === undefined) control.inactive = true;
  }
  return { controls, numbers: names.numbers };
}

/**
 * The names of a camera's controls. v4l2-ctl derives them from the Latin letters and the digits of
 * the camera's own names: a name in another script becomes empty, and two may become the same. Of
 * those with the same name, v4l2-ctl sets only the last.
 */
class Names {
  readonly numbers = new Map<string, string | undefined>();
  /** The last name given, by v4l2-ctl's name. */
  readonly #last = new Map<string, string>();

  /** The name of one more control; `undefined` if it can't be told from another. */
  add(own: string | undefined, number: string | undefined): string | undefined {
    const stem = own ?? "";
    const twin = this.#last.get(stem);
    const isClear = /[a-z]/.test(stem) && twin === undefined;
    if (!isClear && number === undefined) return undefined;
    const name = isClear ? stem : `${/[a-z]/.test(stem) ? stem : "control"}_${number}`;
    if (!isClear) this.numbers.set(name, `0x${number}`);
    if (twin !== undefined) this.numbers.set(twin, undefined);
    this.#last.set(stem, name);
    return name;
  }
}

/**
 * The camera's own controls (Linux).
 *
 * @throws {SourceError} when the device can't be opened, or v4l2-ctl is missing or hangs
 */
export async function askControls(
  device: string,
  signal?: AbortSignal,
): Promise<DeviceControls> {
  const args = ["-d", device, "--list-ctrls-menus"];
  const { text, problem } = await askProgram(TOOL, args, { signal });
  refuseWithout(problem);
  if (UNOPENED.test(text)) {
    throw new SourceError("missing", `can't be asked for its controls: ${device}`);
  }
  return parseControls(text);
}

/**
 * Sets controls of a camera one after the other; if the camera refuses one, those before it stay
 * set.
 *
 * @throws {SourceError} when the camera refuses one, or v4l2-ctl is missing or hangs
 */
export async function setControls(
  device: string,
  values: Readonly<Record<string, DeviceValue>>,
  { numbers = new Map(), signal }: Partial<Pick<DeviceControls, "numbers">> & {
    signal?: AbortSignal;
  } = {},
): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    const known = numbers.has(name) ? numbers.get(name) : name;
    if (known === undefined) throw new SourceError("refused", `refuses it: ${name}: ${TWIN}`);
    const set = `--set-ctrl=${known}=${value}`;
    const { text, problem } = await askProgram(TOOL, ["-d", device, set], { signal });
    refuseWithout(problem);
    // v4l2-ctl prints nothing on success.
    const complaint = text.trim().split("\n").at(-1) ?? "";
    if (complaint === "") continue;
    const [, why = complaint] = complaint.match(/^[^:]*: *(.*)$/) ?? [];
    throw new SourceError("refused", `refuses it: ${name}: ${why}`);
  }
}

function refuseWithout(problem: Problem | undefined): void {
  if (problem === "hangs") throw new SourceError("program", "doesn't answer to v4l2-ctl");
  if (problem !== undefined) throw new SourceError("program", MISSING);
}

/** The output of v4l2-ctl, by version, for a device that isn't there or has just gone. */
const UNOPENED = /^(cannot open|failed to open|unable to detect what) /im;
const TWIN = "v4l2-ctl confuses it with another control whose name has the same letters";
const MISSING =
  "has controls that can't be reached: v4l2-ctl is missing (sudo apt install v4l-utils)";

/** Flags of controls that nobody can set. */
const FIXED = /read-only|disabled|grabbed/;

/** Its text can contain anything, and is quoted. */
function readString(rest: string): Control | undefined {
  const [, numbers = "", value, flags = ""] = rest.match(/^(.*?) value='(.*)'(?: flags=(.*))?$/) ??
    [];
  if (value === undefined || FIXED.test(flags)) return undefined;
  const [, min = 0] = numbers.match(/\bmin=(\d+)/) ?? [];
  const [, max = 0] = numbers.match(/\bmax=(\d+)/) ?? [];
  return { type: "string", value, min: Number(min), max: Number(max) };
}

function readControl(kind: string, rest: string): Control | undefined {
  if (kind === "str") return readString(rest);
  // The label of a menu entry, in parentheses, can contain anything.
  const [numbersText = "", flags = ""] = rest.replace(/ \(.*\)/, "").split(/\bflags=/);
  const fields = Object.fromEntries(
    [...numbersText.matchAll(/(\w+)=([^\s]+)/g)].map(([, name = "", value = ""]) => [name, value]),
  );
  const value = Number(fields["value"]);
  const inactive = /\binactive\b/.test(flags);
  const common = { ...(inactive ? { inactive } : {}) };
  if (FIXED.test(flags)) return undefined;
  if (kind === "button") return { type: "button", value: null, ...common };
  // A write-only control has no value.
  if (!Number.isFinite(value)) return undefined;
  if (kind === "bool") {
    const usual = fields["default"];
    return {
      type: "boolean",
      value: value !== 0,
      ...(usual === undefined ? {} : { default: usual !== "0" }),
      ...common,
    };
  }
  const numbers = readNumbers(fields);
  if (kind === "int" || kind === "int64") return { type: "integer", value, ...numbers, ...common };
  if (kind === "bitmask") return { type: "integer", value, min: 0, ...numbers, ...common };
  const { default: usual } = numbers;
  return {
    type: "choice",
    value,
    ...(usual === undefined ? {} : { default: usual }),
    choices: [],
    ...common,
  };
}

function readNumbers(
  fields: Readonly<Record<string, string>>,
): { default?: number; min?: number; max?: number; step?: number } {
  const names = ["default", "min", "max", "step"] as const;
  const known = names.filter((name) => Number.isFinite(Number(fields[name] ?? NaN)));
  return Object.fromEntries(known.map((name) => [name, Number(fields[name])]));
}
