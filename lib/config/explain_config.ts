import { describeSource } from "../camera/source_kinds.ts";
import { ALL_SETTINGS } from "../frame/capture.ts";
import { captureValues } from "../frame/change_capture.ts";
import { redactUrls } from "../log/secrets.ts";
import { type CameraConfig, parseCameras } from "./camera_config.ts";
import type { ConfigFile } from "./file/config_file.ts";
import { ownSettings } from "./file/file_cameras.ts";
import { fileLayer } from "./file/file_layer.ts";
import type { Option } from "./options/option.ts";
import { OPTIONS } from "./options/options.ts";
import { type Environment, type Given, ownVariable, readOptions } from "./options/read_options.ts";
import { serveConfig } from "./commands/serve_config.ts";
import { splitSettings } from "./source_settings.ts";

/** A value in force. */
export interface InForce {
  /** The option's name. */
  readonly name: string;
  /** Its values in printable form; `undefined` for a secret. */
  readonly values: readonly string[] | undefined;
  /** Its origin: an option, a variable, a place in a file, or `default`. */
  readonly place: string;
}

/** A camera that would be served. */
export interface CameraInForce {
  /** Its name for viewers. */
  readonly name: string;
  /** Its source, without secrets. */
  readonly source: InForce;
  /** Its capture. */
  readonly settings: readonly InForce[];
}

/** Everything that `serve` would use. */
export interface ConfigInForce {
  /** The options that are set or have a default. */
  readonly options: readonly InForce[];
  /** The cameras. */
  readonly cameras: readonly CameraInForce[];
}

const DEFAULT = "default";

/**
 * The configuration of `serve` with the same options, and the origin of each value.
 *
 * @throws {UsageError} when something can't be used
 */
export function explainConfig(
  args: readonly string[],
  env: Environment = ownVariable,
  file?: ConfigFile,
): ConfigInForce {
  const given = readOptions("config", args, { env, file: file && fileLayer(file) });
  const { cameras, capture } = serveConfig(given, { env, file });
  const shared = captureValues(capture);
  const isSetting = ({ name }: Option): boolean => name in shared;
  return {
    options: OPTIONS.serve.filter((option) => option.name !== "camera" && !isSetting(option))
      .flatMap((option) => optionInForce(given, option) ?? []),
    cameras: cameras.map((camera) => {
      return cameraInForce(camera, { given, places: placesOf(camera, { given, file }) });
    }),
  };
}

function optionInForce(given: Given, { name, secret, help }: Option): InForce | undefined {
  const place = given.placeOf(name);
  if (place !== undefined) {
    const values = secret ? undefined : given.values(name, (texts) => texts.map(redactUrls));
    return { name, values, place };
  }
  const [, fallback] = help.match(/\(default ([^:)]+)/) ?? [];
  return fallback === undefined ? undefined : { name, values: [fallback], place: DEFAULT };
}

function cameraInForce(
  { name, source, capture }: CameraConfig,
  { given, places }: { given: Given; places: ReadonlyMap<string, string> },
): CameraInForce {
  const values = captureValues(capture);
  const found = { name: "source", values: [describeSource(source)] };
  return {
    name,
    source: { ...found, place: places.get("source") ?? DEFAULT },
    settings: ALL_SETTINGS.flatMap((setting): InForce[] => {
      const value = values[setting.name] ?? setting.none;
      const place = places.get(setting.name) ?? given.placeOf(setting.name) ?? DEFAULT;
      return value === undefined || value === null
        ? []
        : [{ name: setting.name, values: [String(value)], place }];
    }),
  };
}

/** The origins of the camera itself and of each of its own settings. */
function placesOf(
  { name, capture }: CameraConfig,
  { given, file }: { given: Given; file: ConfigFile | undefined },
): Map<string, string> {
  const place = given.placeOf("camera");
  if (place === undefined) {
    const found = file?.cameras?.find((camera) => camera.name === name);
    if (file === undefined || found === undefined) return new Map();
    const keys = [...ownSettings(found), { ...found, name: "source" }];
    return new Map(
      keys.map((key) => [key.name, `${file.path}:${key.line}:${key.column}`]),
    );
  }
  const text = given.values(
    "camera",
    (texts) => texts.find((each) => parseCameras([each], capture)[0]?.name === name),
  ) ?? "";
  const own = splitSettings(text).settings.map(([word]) => word.toLowerCase());
  return new Map(["source", ...own].map((key) => [key, place]));
}
