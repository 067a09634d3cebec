import type { ConfigFile } from "../file/config_file.ts";
import { fileLayer } from "../file/file_layer.ts";
import { type Environment, ownVariable, readOptions } from "../options/read_options.ts";
import { type ServeConfig, serveConfig } from "./serve_config.ts";

/** The configuration of `doctor`. */
export interface DoctorConfig {
  /** The subject of the checks: `serve` with the same options. */
  readonly serve: ServeConfig;
  /** Whether cameras were named; all of the machine are meant otherwise. */
  readonly hasCameras: boolean;
  /** JSON instead of lines. */
  readonly json: boolean;
}

/**
 * Reads the options of `doctor`: those of `serve`, also from its file, and its own.
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
