import { type Environment, ownVariable, readOptions } from "./read_options.ts";
import { parseToken } from "./secrets.ts";
import { type ServeConfig, serveConfig } from "./serve_config.ts";

/** What `doctor` works by. */
export interface DoctorConfig {
  /** What is to be checked: what `serve` would do with the same options. */
  readonly serve: ServeConfig;
  /** Whether cameras were named; all of the machine are meant otherwise. */
  readonly hasCameras: boolean;
  /** JSON instead of lines. */
  readonly json: boolean;
}

/**
 * Reads the options of `doctor`: those of `serve`, and its own.
 *
 * @throws {UsageError} when an option is unknown, or its value can't be used
 */
export function parseDoctor(
  args: readonly string[],
  env: Environment = ownVariable,
): DoctorConfig {
  const given = readOptions("doctor", args, { env });
  return {
    serve: serveConfig(given, parseToken("doctor", { args, env })),
    hasCameras: given.values("camera", (texts) => texts.length > 0),
    json: given.isOn("json"),
  };
}
