import { quote } from "../../protocol/quote.ts";
import { nearest } from "./nearest.ts";
import { OPTIONS, variableOf } from "./options.ts";
import { UsageError } from "./usage_error.ts";

/** The installers read these variables, so they may have been exported. */
const INSTALLERS = ["WSCAM_VERSION", "WSCAM_BASE_URL", "WSCAM_INSTALL_DIR"];

/**
 * Variables that Kubernetes and Docker's links set in every container of a service called `wscam`:
 * no user typed them.
 */
const OF_PLATFORM = /^WSCAM_(SERVICE_(HOST|PORT(_.*)?)|PORT_\d+_(TCP|UDP)(_.*)?|NAME|ENV_.*)$/;

/** The same for a service whose name only begins like that: `wscam-web`. */
const OF_SERVICE = /^(WSCAM_.+_)(?:SERVICE_HOST|PORT_\d+_(?:TCP|UDP|SCTP))$/;

/**
 * Refuses unknown variables that begin like ours: otherwise a misspelled `WSCAM_TOKEN`, or
 * `wscam_token` where case matters, would leave the server without a token.
 *
 * @param names of all variables
 * @throws {UsageError} with the nearest known one; a value is never shown
 */
export function againstUnknownVariables(names: Iterable<string>): void {
  const known = OPTIONS.serve.map(({ name }) => variableOf(name));
  const all = [...names];
  const services = all.flatMap((name) => name.match(OF_SERVICE)?.[1] ?? []);
  for (const name of all) {
    const isOfPlatform = OF_PLATFORM.test(name) ||
      services.some((service) => name.startsWith(service));
    const isOurs = /^wscam_/i.test(name) && !isOfPlatform;
    if (!isOurs || known.includes(name) || INSTALLERS.includes(name)) continue;
    const near = nearest(name.toUpperCase(), known);
    const hint = near === undefined ? "see 'wscam --help'" : `did you mean '${near}'?`;
    throw new UsageError(`Unknown environment variable ${quote(name)}: ${hint}`);
  }
}
