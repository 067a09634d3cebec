import type { CommandName } from "../options/options.ts";
import { type Environment, ownVariable, readOptions } from "../options/read_options.ts";
import { asIs } from "../options/values.ts";
import { type ConfigFile, Problems } from "./config_file.ts";
import { readText } from "./read_text.ts";

/** The position of mistakes that have none of their own. */
const START = { line: 1, column: 1 };

/**
 * Reads the file that `--config` or its variable names, if there is one.
 *
 * @throws {UsageError} when an option is unknown
 */
export async function loadGivenConfig(
  command: CommandName,
  args: readonly string[],
  env: Environment = ownVariable,
): Promise<ConfigFile | undefined> {
  const path = readOptions(command, args, { env }).value("config", undefined, asIs);
  return path === undefined ? undefined : await loadConfig(path, env);
}

/** Each of these takes the parser time, and viewers wait while a file is reloaded. */
const SIGNS = /["'&*!?[\]{}]/g;
/** A thousand cameras need a tenth of this. */
const MAX_SIGNS = 20_000;

/** Reads a file; its mistakes are in `problems`. */
export async function loadConfig(
  path: string,
  env: Environment = ownVariable,
): Promise<ConfigFile> {
  const problems = new Problems(path);
  const nothing = {
    path,
    keys: new Map(),
    cameras: undefined,
    variables: new Set<string>(),
    problems,
  };
  try {
    const text = await readText(path);
    if (text.trim() === "") throw new RangeError("is empty, keys like 'cameras' were expected");
    if ((text.match(SIGNS)?.length ?? 0) > MAX_SIGNS) {
      throw new RangeError(`has more than ${MAX_SIGNS} brackets and quotes, a few were expected`);
    }
    // Loaded on demand: only configurations with a file need the parser.
    const { parseConfig } = await import("./parse_config.ts");
    return parseConfig(text, { path, env, problems });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const isDeep = /stack/i.test(error.message);
    problems.add(
      START,
      isDeep ? "is nested too deeply, three levels were expected" : error.message,
    );
    return nothing;
  }
}
