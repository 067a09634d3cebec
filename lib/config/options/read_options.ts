import { type Kind, readKind, truth } from "../../protocol/kind.ts";
import { quote } from "../../protocol/quote.ts";
import { meantAsCamera } from "./meant_as_camera.ts";
import { type CommandName, OPTIONS, variableOf } from "./options.ts";
import { readArguments } from "./read_arguments.ts";
import { UsageError } from "./usage_error.ts";
import { splitCameras } from "../split_cameras.ts";
import type { ParseValue } from "./values.ts";

/** Environment variables by name. */
export type Environment = (name: string) => string | undefined;

/** A variable of this process; this is the only place that reads them. */
export function ownVariable(name: string): string | undefined {
  return Deno.env.get(name);
}

/** A place where options can be given: the command line, the environment, a file. */
export interface Layer {
  /** The values of an option there, if it is set. */
  texts(name: string): readonly string[] | undefined;
  /** The name of the option there, as messages show it: `--fps`, `WSCAM_FPS`. */
  placeOf(name: string): string;
  /** Called for a value that can't be used; if it returns, the option counts as not given. */
  fail(name: string, error: RangeError): void;
}

/** The options of a command; each method throws a {@linkcode UsageError} that names the option. */
export interface Given {
  /** An option's value, else its variable's, else the file's, else the fallback. */
  value<T, F>(name: string, fallback: F, kind: Kind<T> | ParseValue<T>): T | F;
  /** Whether a switch is on. */
  isOn(name: string): boolean;
  /** All values of an option that can be repeated; its variable separates them by commas. */
  values<T>(name: string, parse: (texts: readonly string[]) => T): T;
  /** The place where an option was given; `undefined` if nowhere. */
  placeOf(name: string): string | undefined;
  /** The rank of that place above the default: the highest wins. */
  rankOf(name: string): number;
  /** Arguments that are not part of an option. */
  readonly rest: readonly string[];
}

export interface ReadOptions {
  /**
   * Looks up variables for options that weren't given.
   *
   * @default {nothing}
   */
  env?: Environment;
  /**
   * The layer for options that were neither given nor have a variable.
   *
   * @default {nowhere}
   */
  file?: Layer | undefined;
  /**
   * The number of arguments allowed without an option.
   *
   * @default {0}
   */
  maxRest?: number;
}

/**
 * Parses a command's arguments.
 *
 * @throws {UsageError} when an option is unknown, with the nearest known one
 */
export function readOptions(
  command: CommandName,
  args: readonly string[],
  { env = () => undefined, file, maxRest = 0 }: ReadOptions = {},
): Given {
  const { texts, rest } = readArguments(OPTIONS[command], args);
  const [unexpected] = rest.slice(maxRest);
  if (unexpected !== undefined) {
    const takesCameras = OPTIONS[command].some(({ name, repeat }) => name === "camera" && repeat);
    const hint = takesCameras ? meantAsCamera(unexpected) : undefined;
    throw new UsageError(
      `Unexpected argument ${quote(unexpected)}: ${hint ?? "options begin with '--'"}`,
    );
  }
  const layers = [argumentLayer(texts), environmentLayer(command, env), file ?? []].flat();
  return { rest, ...readLayers(layers) };
}

/** Looks an option up in several places; the first one wins. */
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

function argumentLayer(texts: ReadonlyMap<string, readonly string[]>): Layer {
  return {
    texts: (name) => texts.get(name),
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
      // Kubernetes sets it in every container of a service called `wscam`.
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
 * The comma-separated values in the variable of a repeatable option.
 *
 * @param name of the option
 */
export function splitValues(name: string, text: string): string[] {
  return name === "camera" ? splitCameras(text) : text.split(",").map((each) => each.trim());
}

/** Prefixes an error with the name of its option. */
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
