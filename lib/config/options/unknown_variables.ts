import { quote } from "../../protocol/quote.ts";
import { nearest } from "./nearest.ts";
import { OPTIONS, variableOf } from "./options.ts";
import { UsageError } from "./usage_error.ts";

/** Variables that the installers read, and that may have been exported for them. */
const INSTALLERS = ["WSCAM_VERSION", "WSCAM_BASE_URL", "WSCAM_INSTALL_DIR"];

/**
 * Variables that Kubernetes and Docker's links give every container of a service called `wscam`: nobody
 * has typed it.
 */
const OF_PLATFORM = /^WSCAM_(SERVICE_(HOST|PORT(_.*)?)|PORT_\d+_(TCP|UDP)(_.*)?|NAME|ENV_.*)$/;

/**
 * Refuses variables that look like ours and mean nothing: who misspells `WSCAM_TOKEN` would serve
 * without a token, and so would who writes `wscam_token` where case counts.
 *
 * @param names all variables there are
 * @throws {UsageError} with the nearest that is known; a value is never shown
 */
export function againstUnknownVariables(names: Iterable<string>): void {
  const known = OPTIONS.serve.map(({ name }) => variableOf(name));
  for (const name of names) {
    const isOurs = /^wscam_/i.test(name) && !OF_PLATFORM.test(name);
    if (!isOurs || known.includes(name) || INSTALLERS.includes(name)) continue;
    const near = nearest(name.toUpperCase(), known);
    const hint = near === undefined ? "see 'wscam --help'" : `did you mean '${near}'?`;
    throw new UsageError(`Unknown environment variable ${quote(name)}: ${hint}`);
  }
}
