import { parseArgs } from "@std/cli/parse-args";
import { type Kind, readKind, truth } from "../../protocol/kind.ts";
import { quote } from "../../protocol/quote.ts";
import { nearest } from "./nearest.ts";
import type { Option } from "./option.ts";
import { type CommandName, OPTIONS, variableOf } from "./options.ts";
import { splitCameras } from "../split_cameras.ts";
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

/** A place where options are given: the command line, the environment, a file. */
export interface Layer {
  /** Gives the values of an option there, if it is set. */
  texts(name: string): readonly string[] | undefined;
  /** The place, in words that may be shown: `--fps`, `WSCAM_FPS`. */
  placeOf(name: string): string;
  /** Told of a value that can't be used; where that returns, the option counts as not given. */
  fail(name: string, error: RangeError): void;
}

/** The options of a command; each method throws a {@linkcode UsageError} that names the option. */
export interface Given {
  /** An option's value, else its variable's, else the file's, else the fallback. */
  value<T, F>(name: string, fallback: F, kind: Kind<T> | ParseValue<T>): T | F;
  /** Whether a switch is on. */
  isOn(name: string): boolean;
  /** All values of an option that can be repeated; its variable holds them between commas. */
  values<T>(name: string, parse: (texts: readonly string[]) => T): T;
  /** Gives the place where an option was given; `undefined` if nowhere. */
  placeOf(name: string): string | undefined;
  /** How far above the default that is: the higher one wins. */
  rankOf(name: string): number;
  /** Arguments that belong to no option. */
  readonly rest: readonly string[];
}

/** Options of {@linkcode readOptions}. */
export interface ReadOptions {
  /** The variables of options that weren't given. @default {nothing} */
  env?: Environment;
  /** The layer of options that were neither given nor have a variable. @default {nowhere} */
  file?: Layer | undefined;
  /** The number of arguments without an option that are allowed. @default {0} */
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
  { env = () => undefined, file, maxRest = 0 }: ReadOptions = {},
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
  const layers = [argumentLayer(args, parsed), environmentLayer(command, env), file ?? []].flat();
  return { rest, ...readLayers(layers) };
}

/** Looks an option up in several places, the first of which wins. */
export function readLayers(layers: readonly Layer[]): Omit<Given, "rest"> {
  const layerOf = (name: string): Layer | undefined =>
    layers.find((layer) => layer.texts(name) !== undefined);
  function read<T, F>(name: string, fallback: F, parse: (texts: readonly string[]) => T): T | F {
    const layer = layerOf(name);
    if (layer === undefined) return fallback;
    try {
      return parse(layer.texts(name) ?? []);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      layer.fail(name, error);
      return fallback;
    }
  }
  return {
    placeOf: (name) => layerOf(name)?.placeOf(name),
    rankOf(name) {
      const at = layers.findIndex((layer) => layer.texts(name) !== undefined);
      return at === -1 ? 0 : layers.length - at;
    },
    value: (name, fallback, kind) =>
      read(name, fallback, ([text = ""]) => {
        return typeof kind === "function" ? kind(text) : readKind(kind, text);
      }),
    isOn: (name) => read(name, false, ([word = ""]) => readKind(truth, word)),
    values: (name, parse) => read(name, undefined, parse) ?? parse([]),
  };
}

function argumentLayer(args: readonly string[], parsed: Record<string, unknown>): Layer {
  return {
    texts(name) {
      const value = parsed[name];
      if (typeof value !== "boolean") {
        const texts = value === undefined ? [] : [value].flat().map(String);
        return texts.length === 0 ? undefined : texts;
      }
      // The last one wins, with a word or without.
      const last = args.findLast((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
      return last === undefined ? undefined : [last.split("=")[1] ?? String(value)];
    },
    placeOf: (name) => `--${name}`,
    fail(name, error) {
      throw wrongValue(`--${name}`, error);
    },
  };
}

function environmentLayer(command: CommandName, env: Environment): Layer {
  return {
    texts(name) {
      const text = env(variableOf(name)) || undefined;
      if (text === undefined) return undefined;
      // Kubernetes tells it every container of a service called `wscam`.
      if (name === "port" && text.startsWith("tcp://")) return undefined;
      const repeats = OPTIONS[command].some((option) => option.name === name && option.repeat);
      return repeats ? splitValues(name, text) : [text];
    },
    placeOf: variableOf,
    fail(name, error) {
      throw wrongValue(variableOf(name), error);
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
    throw wrongValue(name, cause);
  }
}

function wrongValue(name: string, cause: RangeError): UsageError {
  return new UsageError(`'${name}' ${cause.message}`, { cause });
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

/** A word that begins with `-` is an option to us, where the user may have meant a value. It may be a secret. */
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
