import { parseArgs } from "node:util";
import { quote } from "../../protocol/quote.ts";
import { nearest } from "./nearest.ts";
import type { Option } from "./option.ts";
import { UsageError } from "./usage_error.ts";

/** The parsed arguments of a command. */
export interface Arguments {
  /** The values of options by name, in order; a switch has one. */
  texts: ReadonlyMap<string, readonly string[]>;
  /** Arguments that are not part of an option. */
  rest: readonly string[];
}

/**
 * Parses arguments: `--name value`, `--name=value`, `-n value`, `-nvalue`, `-n=value`; `--` ends
 * the options.
 *
 * @throws {UsageError} when an option is unknown, lacks its value or is repeated
 */
export function readArguments(options: readonly Option[], args: readonly string[]): Arguments {
  againstOneDash(args, options);
  againstDash(args, options);
  const { tokens } = parseArgs({
    args: spellOut(args, options),
    options: Object.fromEntries(options.map((option) => [option.name, declared(option)])),
    strict: false,
    tokens: true,
  });
  const texts = new Map<string, string[]>();
  const rest: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") rest.push(token.value);
    if (token.kind !== "option") continue;
    const option = options.find(({ name }) => name === token.name);
    if (option === undefined) throw unknownOption(token.rawName, options);
    // The value of a switch without one.
    const { name, value = option.value === undefined ? "true" : "" } = token;
    if (value === "") throw new UsageError(`'--${name}' needs a value`);
    // For a switch, the last one wins.
    const before = option.value === undefined ? [] : texts.get(name) ?? [];
    texts.set(name, [...before, value]);
  }
  againstRepeats(options, texts);
  return { texts, rest };
}

function declared({ value, short }: Option): { type: "boolean" | "string"; short?: string } {
  const type = value === undefined ? "boolean" : "string";
  return short === undefined ? { type } : { type, short };
}

/**
 * Letting the last one win would be a guess, and for `-c a -r 1280x720 -c b -r 640x480` a wrong
 * one.
 */
function againstRepeats(options: readonly Option[], texts: Arguments["texts"]): void {
  const twice = options.find(({ name, repeat }) => !repeat && (texts.get(name) ?? []).length > 1);
  if (twice === undefined) return;
  const camera = twice.group === "Pictures" ? "; it applies to all cameras" : "";
  throw new UsageError(`'--${twice.name}' is given several times: give it once${camera}`);
}

/** Normalizes `-p80`, `-p=80` and a switch's value to `--name=value`. */
function spellOut(args: readonly string[], options: readonly Option[]): string[] {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const isWord = (arg = ""): boolean => arg === "true" || arg === "false";
  const switchOf = (arg = ""): Option | undefined =>
    options.find(({ name, short, value }) =>
      value === undefined && (arg === `--${name}` || arg === `-${short}`)
    );
  return args.flatMap((arg, i) => {
    if (i >= end) return [arg];
    if (isWord(arg) && switchOf(args[i - 1])) return [];
    const name = switchOf(arg)?.name;
    if (name !== undefined && isWord(args[i + 1])) return [`--${name}=${args[i + 1]}`];
    const [, letter, value = ""] = arg.match(/^-([a-z])=?(.*)$/s) ?? [];
    const valued = options.find((each) => each.value !== undefined && each.short === letter);
    const isAlone = letter === undefined || arg.length === 2;
    return valued === undefined || isAlone ? [arg] : [`--${valued.name}=${value}`];
  });
}

/** To us, `-port 80` is `-p` with the value "ort", and then a word of its own. */
function againstOneDash(args: readonly string[], options: readonly Option[]): void {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const names = ["help", "version", ...options.map(({ name }) => name)];
  for (const arg of args.slice(0, end)) {
    const [, word = ""] = arg.match(/^-([a-z0-9][a-z0-9-]+)(?:=|$)/is) ?? [];
    const name = names.find((each) => each === word.toLowerCase());
    if (name === undefined) continue;
    throw new UsageError(`Unknown option '-${word}': did you mean '--${name}'?`);
  }
}

/**
 * To us, a word that begins with `-` is an option; the user may have meant a value. It may be a
 * secret.
 */
function againstDash(args: readonly string[], options: readonly Option[]): void {
  const find = (arg = ""): Option | undefined =>
    options.find(({ name, short }) => {
      return arg === `-${short}` || arg === `--${name}` || arg.startsWith(`--${name}=`);
    });
  for (const [i, arg] of args.entries()) {
    if (arg === "--") return;
    const option = find(arg);
    const next = args[i + 1];
    if (option?.value === undefined || arg.includes("=") || !/^-./.test(next ?? "")) continue;
    const { name } = option;
    if (next === "--" || find(next) !== undefined) {
      throw new UsageError(`'--${name}' needs a value`);
    }
    throw new UsageError(
      `'--${name}' needs a value; write one that begins with '-' after '=': '--${name}=…'`,
    );
  }
}

function unknownOption(given: string, options: readonly Option[]): UsageError {
  const known = nearest(given, options.map(({ name }) => `--${name}`));
  const hint = known === undefined ? "see '--help'" : `did you mean '${known}'?`;
  return new UsageError(`Unknown option ${quote(given)}: ${hint}`);
}
