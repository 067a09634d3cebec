import { whyUnreadable } from "../protocol/why_unreadable.ts";
import { variableOf } from "./options/options.ts";
import type { Environment, Given } from "./options/read_options.ts";
import { UsageError } from "./options/usage_error.ts";

/**
 * Reads `--token` and `--token-file`, or their variables, or the file's keys; the nearest to the
 * command line wins.
 *
 * @throws {UsageError} when both are given, or the token is missing or empty
 */
export function parseToken(given: Given, env: Environment): string | undefined {
  const [textRank, pathRank] = [given.rankOf("token"), given.rankOf("token-file")];
  if (textRank > 0 && textRank === pathRank) {
    const places = ["token", "token-file"].map((name) => `'${given.placeOf(name)}'`);
    throw new UsageError(`${places.join(" and ")} exclude each other: give one`);
  }
  if (pathRank > textRank) {
    return given.value("token-file", undefined, (path) => checkToken(readToken(path).trim()));
  }
  if (textRank > 0) return given.value("token", undefined, checkToken);
  // A variable that is set but empty is a mistake: nobody wants an open server by accident.
  const empty = ["token", "token-file"].map(variableOf).find((name) => env(name) === "");
  if (empty === undefined) return undefined;
  throw new UsageError(`'${empty}' must not be empty: leave it out, or give it a value`);
}

function readToken(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (cause) {
    const reason = whyUnreadable(cause);
    throw new RangeError(`must name a file that can be read: ${reason} (${path})`, { cause });
  }
}

/** Messages never contain the token. */
function checkToken(token: string): string {
  if (token.trim() === "") throw new RangeError("must not be empty");
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  if (/[\x00-\x1f\x7f]/.test(token)) {
    throw new RangeError("must be one line without control characters");
  }
  if (token.length > 1000) throw new RangeError("must have at most 1000 characters");
  return token;
}
