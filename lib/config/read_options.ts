import { parseArgs } from "@std/cli/parse-args";
import { type Kind, readKind, truth } from "../protocol/kind.ts";
import { quote } from "../protocol/quote.ts";
import { nearest } from "./nearest.ts";
import { type CommandName, type Option, OPTIONS, variableOf } from "./options.ts";
import { splitCameras } from "./split_cameras.ts";
import type { ParseValue } from "./values.ts";

/** The user typed something that can't be done; the message says what, and how to mend it. */
export class UsageError extends Error {
  /** Tells it from other errors. */
  override readonly name = "UsageError";
}

/** Environment variables by name. */
export type Environment = (name: string) => string | undefined;

/** A variable of this process; no other part of the program reads them. */
export function ownVariable(name: string): string | undefined {
  return Deno.env.get(name);
}

/** What a command was given; each method throws a {@linkcode UsageError} that names the option. */
export interface Given {
  /** An option's value, else its variable's, else the fallback. */
  value<T, F>(name: string, fallback: F, kind: Kind<T> | ParseValue<T>): T | F;
  /** Whether a switch is on. */
  isOn(name: string): boolean;
  /** All values of an option that can be repeated; its variable holds them between commas. */
  values<T>(name: string, parse: (texts: readonly string[]) => T): T;
  /** Whether an option was given, or its variable is set. */
  isGiven(name: string): boolean;
  /** Arguments that belong to no option. */
  readonly rest: readonly string[];
}

/** Options of {@linkcode readOptions}. */
export interface ReadOptions {
  /** Where options that weren't given are looked up. @default {nothing} */
  env?: Environment;
  /** How many arguments without an option are allowed. @default {0} */
  maxRest?: number;
}

/**
 * Reads a command's arguments.
 *
 * @throws {UsageError} when an option is unknown, with the nearest that is known
 */
export function readOptions(
  command: CommandName,
  args: readonly string[],
  { env = () => undefined, maxRest = 0 }: ReadOptions = {},
): Given {
  const parsed = parse(OPTIONS[command], args);
  againstRepeats(OPTIONS[command], parsed);
  for (const [name, value] of Object.entries(parsed)) {
    // Of an option with a short name, both are there.
    if (name.length > 1 && [value].flat().includes("")) {
      throw new UsageError(`'--${name}' needs a value`);
    }
  }
  const rest = ([parsed["_"]].flat() as unknown[]).map(String);
  const [unexpected] = rest.slice(maxRest);
  if (unexpected !== undefined) {
    throw new UsageError(`Unexpected argument ${quote(unexpected)}: options begin with '--'`);
  }
  const own = (name: string): string[] =>
    parsed[name] === undefined ? [] : [parsed[name]].flat().map(String);
  const fromEnv = (name: string): string | undefined => {
    const text = env(variableOf(name)) || undefined;
    // What Kubernetes says to every container of a service called `wscam`.
    return name === "port" && text?.startsWith("tcp://") ? undefined : text;
  };
  return {
    rest,
    isGiven: (name) => own(name).length > 0 || fromEnv(name) !== undefined,
    value(name, fallback, kind) {
      const parse = typeof kind === "function" ? kind : (text: string) => readKind(kind, text);
      const [text] = own(name);
      if (text !== undefined) return named(`--${name}`, () => parse(text));
      const inherited = fromEnv(name);
      if (inherited === undefined) return fallback;
      return named(variableOf(name), () => parse(inherited));
    },
    isOn(name) {
      // What comes last wins, with a word or without.
      const last = args.findLast((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
      const [, word] = last?.split("=") ?? [];
      if (word !== undefined) return named(`--${name}`, () => readKind(truth, word));
      if (last !== undefined) return parsed[name] === true;
      const inherited = fromEnv(name);
      return inherited !== undefined && named(variableOf(name), () => readKind(truth, inherited));
    },
    values(name, parse) {
      const texts = own(name);
      if (texts.length > 0) return named(`--${name}`, () => parse(texts));
      const inherited = fromEnv(name);
      return named(variableOf(name), () => parse(inherited ? splitValues(name, inherited) : []));
    },
  };
}

/**
 * The values in the variable of an option that may be repeated, which stand between commas.
 *
 * @param name of the option
 */
export function splitValues(name: string, text: string): string[] {
  return name === "camera" ? splitCameras(text) : text.split(",").map((each) => each.trim());
}

/** Puts an option's name in front of what is wrong with its value. */
export function named<T>(name: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new UsageError(`'${name}' ${cause.message}`, { cause });
  }
}

function parse(options: readonly Option[], args: readonly string[]): Record<string, unknown> {
  // '_' is where arguments without an option go: an option of that name would end up among them.
  const odd = args.find((arg) => /^--?_(=|$)/.test(arg));
  if (odd !== undefined) throw new UsageError(`Unknown option ${quote(odd)}: see '--help'`);
  const namesOf = (of: readonly Option[]) => of.map(({ name }) => name);
  const switches = options.filter(({ value }) => value === undefined);
  const valued = options.filter(({ value }) => value !== undefined);
  againstDash(args, options);
  return parseArgs(spellOut(args, valued), {
    string: [...namesOf(valued), "_"],
    boolean: namesOf(switches),
    collect: namesOf(valued),
    alias: Object.fromEntries(options.flatMap(({ name, short }) => short ? [[name, short]] : [])),
    unknown: (arg: string, key?: string) => {
      if (key !== undefined) throw unknownOption(arg, key, options);
      return true;
    },
  });
}

/** The last one winning would be a guess: of `-c a -r 1280x720 -c b -r 640x480`, it would be a wrong one. */
function againstRepeats(options: readonly Option[], parsed: Record<string, unknown>): void {
  const twice = options.find(({ name, value, repeat }) =>
    value !== undefined && !repeat && [parsed[name]].flat().length > 1
  );
  if (twice === undefined) return;
  const camera = twice.group === "Pictures" ? "; it holds for all cameras" : "";
  throw new UsageError(`'--${twice.name}' is given more than once: give it once${camera}`);
}

/** Writes a letter that has its value attached, as `-p80` or `-p=80`, as the option with that value. */
function spellOut(args: readonly string[], valued: readonly Option[]): string[] {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  return args.map((arg, i) => {
    const [, letter, value] = i < end ? arg.match(/^-([a-z])=?(.*)$/s) ?? [] : [];
    const option = valued.find(({ short }) => letter !== undefined && short === letter);
    return option === undefined || arg.length === 2 ? arg : `--${option.name}=${value}`;
  });
}

/** What begins with `-` is an option to us, where the user may have meant a value. It may be a secret. */
function againstDash(args: readonly string[], options: readonly Option[]): void {
  const find = (arg = ""): Option | undefined =>
    options.find(({ name, short }) => {
      return arg === `-${short}` || arg === `--${name}` || arg.startsWith(`--${name}=`);
    });
  for (const [i, arg] of args.entries()) {
    if (arg === "--") return;
    const option = find(arg);
    const next = args[i + 1];
    if (option?.value === undefined || arg.includes("=") || next === undefined) continue;
    if (!/^-./.test(next) || next === "--" || find(next) !== undefined) continue;
    const { name } = option;
    throw new UsageError(
      `'--${name}' needs a value; one that begins with '-' stands after '=': '--${name}=…'`,
    );
  }
}

function unknownOption(arg: string, key: string, options: readonly Option[]): UsageError {
  const given = arg.startsWith("--") ? arg.split("=")[0] ?? arg : `-${key}`;
  const known = nearest(given, options.map(({ name }) => `--${name}`));
  if (known === given) return new UsageError(`'${known}' needs a value`);
  const hint = known === undefined ? "see '--help'" : `did you mean '${known}'?`;
  return new UsageError(`Unknown option ${quote(given)}: ${hint}`);
}
