import { type Environment, ownVariable, readOptions } from "../options/read_options.ts";
import { asIs } from "../options/values.ts";

/** The configuration of `cameras`. */
export interface CamerasConfig {
  /** The ffmpeg to use. */
  readonly ffmpeg: string;
  /** JSON instead of a table. */
  readonly json: boolean;
}

/**
 * Parses the options of `cameras`.
 *
 * @throws {UsageError} when an option is unknown, or its value can't be used
 */
export function parseCameras(
  args: readonly string[],
  env: Environment = ownVariable,
): CamerasConfig {
  const { value, isOn } = readOptions("cameras", args, { env });
  return { ffmpeg: value("ffmpeg", "ffmpeg", asIs), json: isOn("json") };
}
