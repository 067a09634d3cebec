import { redactUrl } from "../../camera/address.ts";
import { type Kind, number } from "../../protocol/kind.ts";
import { quote } from "../../protocol/quote.ts";
import { BOUNDS } from "../../protocol/viewer_settings.ts";
import { variableOf } from "../options/options.ts";
import { type Environment, named, ownVariable, readOptions } from "../options/read_options.ts";
import { UsageError } from "../options/usage_error.ts";
import { parseToken } from "../secrets.ts";
import { asIs, viewerUrl } from "../options/values.ts";

/** The configuration of `push`. */
export interface PushConfig {
  /** Files with JPEG pictures in them; `-` is stdin. */
  readonly files: readonly string[];
  /** The server's WebSocket, with the token if there is one. */
  readonly url: string;
  /** The camera's name; if none was given, the first camera that takes pictures. */
  readonly camera: string | undefined;
  /** Whether to take the place of another program. */
  readonly replace: boolean;
  /** Pictures a second at most, if given. */
  readonly fps: number | undefined;
  /** Whether to start over after the last file. */
  readonly loop: boolean;
}

const RATE: Kind<number> = number(BOUNDS.fps);
const TOKEN_VARIABLES = ["token", "token-file"].map(variableOf);
/** At most this many files may be named. */
const MOST_FILES = 10_000;

/**
 * Parses the options of `push`.
 *
 * @throws {UsageError} when an option is unknown, its value can't be used, or no file is named
 */
export function parsePush(args: readonly string[], env: Environment = ownVariable): PushConfig {
  // The other variables belong to `serve`.
  const given = readOptions("push", args, {
    env: (name) => TOKEN_VARIABLES.includes(name) ? env(name) : undefined,
    maxRest: MOST_FILES,
  });
  const { value, isOn, rest: files } = given;
  if (files.length === 0) {
    throw new UsageError("FILE is needed: JPEG pictures or an MJPEG stream; '-' is stdin");
  }
  const address = files.find((file) => /^(wss?|https?):\/\//i.test(file));
  if (address !== undefined) {
    const shown = redactUrl(address);
    throw new UsageError(`FILE can't be ${quote(shown)}: did you mean '--to ${shown}'?`);
  }
  const loop = isOn("loop");
  if (loop && files.includes("-")) throw new UsageError("'--loop' needs files: stdin ends once");
  const url = new URL(named("--to", () => viewerUrl(value("to", "ws://localhost:8765", asIs))));
  const token = parseToken(given, env);
  if (token !== undefined) url.searchParams.set("token", token);
  return {
    files,
    loop,
    url: url.href,
    camera: value("camera", undefined, asIs),
    replace: isOn("replace"),
    fps: value("fps", undefined, RATE),
  };
}
