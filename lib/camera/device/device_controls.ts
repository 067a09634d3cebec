import { askProgram, type Problem } from "../../ffmpeg/ask_program.ts";
import { SourceError } from "../../frame/source_error.ts";

/** A value of a control. */
export type ControlValue = number | string | boolean | null;

/** Something about a camera that can be set. */
export interface Control {
  /** The kind of values that it takes. */
  type: "integer" | "number" | "boolean" | "choice";
  /** The present value. */
  value: ControlValue;
  /** The value until somebody sets another one. */
  default?: ControlValue;
  /** The value that `null` stands for now, where `null` is allowed; `null` for the camera's own. */
  automatic?: ControlValue;
  /** The least value of a number. */
  min?: number;
  /** The greatest value of a number. */
  max?: number;
  /** The distance between two values of a number. */
  step?: number;
  /** The values that there are. */
  choices?: { value: ControlValue; label: string }[];
  /** Whether another control keeps it from having an effect. */
  inactive?: boolean;
}

/** Controls by name. */
export type Controls = Record<string, Control>;

const LINE =
  /^\s*([a-z0-9][a-z0-9_]*) (?:0x[0-9a-f]{8} )?\((int|int64|bitmask|bool|menu|intmenu)\)\s*: (.*)$/;
const TOOL = "v4l2-ctl";

/** Reads what `v4l2-ctl --list-ctrls-menus` prints; controls of other kinds are left out. */
export function parseControls(text: string): Controls {
  const controls: Controls = {};
  let menu: Control | undefined;
  for (const line of text.split("\n")) {
    const [, name, kind, rest = ""] = line.match(LINE) ?? [];
    const [, index, label] = line.match(/^\s+(\d+): (.*)$/) ?? [];
    if (name !== undefined && kind !== undefined) {
      const control = readControl(kind, rest);
      menu = control?.type === "choice" ? control : undefined;
      if (control !== undefined) controls[name] = control;
    } else if (index !== undefined && menu !== undefined) {
      menu.choices?.push({ value: Number(index), label: (label ?? "").trim() });
    }
  }
  return controls;
}

/**
 * The controls that a camera has itself (Linux).
 *
 * @throws {SourceError} when it can't be opened, or the program that asks it is missing or hangs
 */
export async function askControls(device: string, signal?: AbortSignal): Promise<Controls> {
  const args = ["-d", device, "--list-ctrls-menus"];
  const { text, problem } = await askProgram(TOOL, args, { signal });
  refuseWithout(problem);
  if (UNOPENED.test(text)) {
    throw new SourceError("missing", `can't be asked for its controls: ${device}`);
  }
  return parseControls(text);
}

/**
 * Sets controls of a camera, all or, where the camera refuses one, those before it.
 *
 * @throws {SourceError} when the camera refuses one, or the program that sets them is missing or hangs
 */
export async function setControls(
  device: string,
  values: Readonly<Record<string, number>>,
  signal?: AbortSignal,
): Promise<void> {
  const list = Object.entries(values).map(([name, value]) => `${name}=${value}`).join(",");
  const { text, problem } = await askProgram(
    TOOL,
    ["-d", device, `--set-ctrl=${list}`],
    { signal },
  );
  refuseWithout(problem);
  // It says nothing when all is well.
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  // Of several controls, one line names the one that was refused.
  const named = lines.find((line) =>
    Object.keys(values).some((name) => line.startsWith(`${name}:`))
  );
  const complaint = named ?? lines[0];
  if (complaint !== undefined) throw new SourceError("refused", `refuses it: ${complaint}`);
}

function refuseWithout(problem: Problem | undefined): void {
  if (problem === "hangs") throw new SourceError("program", "doesn't answer to v4l2-ctl");
  if (problem !== undefined) throw new SourceError("program", MISSING);
}

/** The words, by version of the program, for a device that isn't there or has just gone. */
const UNOPENED = /^(cannot open|failed to open|unable to detect what) /im;
const MISSING =
  "has controls that can't be reached: v4l2-ctl is missing (sudo apt install v4l-utils)";

function readControl(kind: string, rest: string): Control | undefined {
  // The label of a menu's entry, which stands in parentheses, can be anything.
  const [numbersText = "", flags = ""] = rest.replace(/ \(.*\)/, "").split(" flags=");
  const fields = Object.fromEntries(
    [...numbersText.matchAll(/(\w+)=([^\s]+)/g)].map(([, name = "", value = ""]) => [name, value]),
  );
  const value = Number(fields["value"]);
  // One that can only be written has no value.
  if (!Number.isFinite(value) || /read-only|disabled|grabbed/.test(flags)) return undefined;
  const inactive = /\binactive\b/.test(flags);
  const common = { ...(inactive ? { inactive } : {}) };
  if (kind === "bool") {
    const usual = fields["default"];
    return {
      ...{ type: "boolean", value: value !== 0 },
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
