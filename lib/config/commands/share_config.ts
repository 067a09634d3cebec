import { type Environment, ownVariable, readOptions } from "../options/read_options.ts";
import { UsageError } from "../options/usage_error.ts";
import { variableOf } from "../options/options.ts";
import { parseToken } from "../secrets.ts";
import { asIs, duration, pageUrl } from "../options/values.ts";

/** The configuration of `share`. */
export interface ShareConfig {
  /** The camera that the link shows. */
  readonly camera: string;
  /** How long the link works, in seconds. */
  readonly seconds: number;
  /** The server's page, if it was given. */
  readonly url: string | undefined;
  /** The token that signs the link. */
  readonly token: string;
}

const TOKEN_VARIABLES = ["token", "token-file"].map(variableOf);

/**
 * Parses the options of `share`.
 *
 * @throws {UsageError} when an option is unknown, its value can't be used, or a required one is
 *   missing
 */
export function parseShare(args: readonly string[], env: Environment = ownVariable): ShareConfig {
  // The variables belong to `serve`, except for the token: a link is for a single camera.
  const given = readOptions("share", args, {
    env: (name) => TOKEN_VARIABLES.includes(name) ? env(name) : undefined,
  });
  const { value } = given;
  const camera = value("camera", undefined, asIs);
  if (camera === undefined) {
    throw new UsageError("'--camera' is needed: the name of the camera that the link shows");
  }
  const token = parseToken(given, env);
  if (token === undefined) {
    throw new UsageError(
      "'--token' or '--token-file' is needed: the server's own, for links are signed with it",
    );
  }
  return {
    // As the server has it.
    camera: camera.normalize("NFC"),
    token,
    seconds: value("for", 3600, duration),
    url: value("url", undefined, pageUrl),
  };
}
