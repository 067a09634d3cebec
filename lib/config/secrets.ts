import { whyUnreadable } from "../protocol/why_unreadable.ts";
import { type CommandName, variableOf } from "./options.ts";
import { type Environment, named, readOptions, UsageError } from "./read_options.ts";
import { asIs } from "./values.ts";

/** What {@linkcode parseToken} reads from. */
export interface TokenSources {
  /** The command's arguments. */
  args: readonly string[];
  /** Its environment. */
  env: Environment;
}

/**
 * Reads `--token` and `--token-file`, or their variables; what stands on the command line wins.
 *
 * @throws {UsageError} when both are given, or there is no token where one should be
 */
export function parseToken(command: CommandName, { args, env }: TokenSources): string | undefined {
  const own = readPlaces(command, args, () => undefined);
  const isGiven = own.text !== undefined || own.path !== undefined;
  const { text, path } = isGiven ? own : readPlaces(command, [], env);
  const [tokenName, fileName] = isGiven
    ? ["--token", "--token-file"]
    : [variableOf("token"), variableOf("token-file")];
  if (text !== undefined && path !== undefined) {
    throw new UsageError(`'${tokenName}' and '${fileName}' exclude each other: give one`);
  }
  if (path !== undefined) return named(fileName, () => checkToken(readToken(path).trim()));
  if (text !== undefined) return named(tokenName, () => checkToken(text));
  // A variable that is set and empty was meant to say something: nobody wants to be open by mistake.
  const empty = [tokenName, fileName].find((name) => env(name) === "");
  if (empty === undefined) return undefined;
  throw new UsageError(`'${empty}' must not be empty: leave it out, or give it a value`);
}

function readPlaces(
  command: CommandName,
  args: readonly string[],
  env: Environment,
): { text: string | undefined; path: string | undefined } {
  const { value } = readOptions(command, args, { env });
  return { text: value("token", undefined, asIs), path: value("token-file", undefined, asIs) };
}

function readToken(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (cause) {
    const reason = whyUnreadable(cause);
    throw new RangeError(`must name a file that can be read: ${reason} (${path})`, { cause });
  }
}

/** Never says what the token is. */
function checkToken(token: string): string {
  if (token.trim() === "") throw new RangeError("must not be empty");
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  if (/[\x00-\x1f\x7f]/.test(token)) {
    throw new RangeError("must be one line without control characters");
  }
  if (token.length > 1000) throw new RangeError("must have at most 1000 characters");
  return token;
}
