import type { ConfigFile } from "../file/config_file.ts";
import { fileLayer } from "../file/file_layer.ts";
import { type Environment, ownVariable, readOptions } from "../options/read_options.ts";
import { type ServeConfig, serveConfig } from "./serve_config.ts";

/** The configuration of `doctor`. */
export interface DoctorConfig {
  /** The configuration to check: `serve` with the same options. */
  readonly serve: ServeConfig;
  /** Whether cameras were named; otherwise all cameras of the machine are checked. */
  readonly hasCameras: boolean;
  /** JSON instead of lines. */
  readonly json: boolean;
}

/**
 * Parses the options of `doctor`: its own, and those of `serve`, including its file.
 *
 * @throws {UsageError} when an option is unknown, or its value can't be used
 */
export function parseDoctor(
  args: readonly string[],
  env: Environment = ownVariable,
  file?: ConfigFile,
): DoctorConfig {
  const given = readOptions("doctor", args, { env, file: file && fileLayer(file) });
  return {
    serve: serveConfig(given, { env, file }),
    hasCameras: given.placeOf("camera") !== undefined || file?.cameras !== undefined,
    json: given.isOn("json"),
  };
}
