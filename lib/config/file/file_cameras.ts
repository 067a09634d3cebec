import { type CameraSpec, parseCamera } from "../../camera/camera_spec.ts";
import type { Capture } from "../../frame/capture.ts";
import { setCapture } from "../../frame/change_capture.ts";
import { quote } from "../../protocol/quote.ts";
import { againstCopy, type CameraConfig, settingProblem } from "../camera_config.ts";
import { splitSettings } from "../source_settings.ts";
import type { ConfigFile, FileCamera, FileKey, Mark, Problems } from "./config_file.ts";

/**
 * The cameras of a file; mistakes are added to the file's.
 *
 * @param shared the capture for cameras without settings of their own
 */
export function fileCameras(
  { problems }: ConfigFile,
  cameras: readonly FileCamera[],
  shared: Capture,
): CameraConfig[] {
  const names = new Set<string>();
  return cameras.flatMap((camera) => {
    const config = readCamera(camera, { shared, problems });
    if (config === undefined) return [];
    // Two spellings of one name are two different keys.
    if (names.has(config.name)) {
      problems.add(
        camera,
        `camera ${quote(config.name)} is here twice, each was expected once`,
      );
    }
    names.add(config.name);
    return [config];
  });
}

/** A camera's own settings: from its map, or from behind its source. */
export function ownSettings({ source, settings }: FileCamera): FileKey[] {
  const { line, column } = source;
  const behind = splitSettings(source.text).settings.map(([word, text]) => {
    const value = { text, line, column };
    return { name: word.toLowerCase(), values: [value], line, column };
  });
  return [...behind, ...settings];
}

function readCamera(
  camera: FileCamera,
  { shared, problems }: { shared: Capture; problems: Problems },
): CameraConfig | undefined {
  const spec = gathered(camera.source, problems, () => readSpec(camera));
  if (spec === undefined) return undefined;
  let capture = shared;
  const seen = new Set<string>();
  for (const { name, values: [value], ...mark } of ownSettings(camera)) {
    const problem = settingProblem(spec, name) ?? (seen.has(name) ? " twice" : undefined);
    seen.add(name);
    if (problem !== undefined) {
      problems.add(mark, `camera ${quote(spec.name)} has ${quote(name)}${problem}`);
    } else if (value !== undefined) {
      capture = gathered(value, problems, () => setCapture(capture, name, value.text), name) ??
        capture;
    }
  }
  gathered(camera, problems, () => againstCopy(spec, capture), "cameras");
  return { ...spec, capture };
}

function readSpec({ name, source: { text } }: FileCamera): CameraSpec {
  const { source } = splitSettings(text);
  const bare = parseCamera(source);
  // A broker's cameras bring their names with them.
  if (bare.source.kind === "relay" && bare.source.camera === "*") return bare;
  const spec = parseCamera(`${name}=${source}`);
  if (spec.name === name.normalize("NFC").trim()) return spec;
  throw new RangeError(
    "must have a name of 1 to 64 letters, digits, spaces, '_', '.' and '-' before it, " +
      `the first a letter or a digit, got ${quote(name)}`,
  );
}

function gathered<T>(
  mark: Mark,
  problems: Problems,
  read: () => T,
  name = "source",
): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    problems.add(mark, `'${name}' ${error.message}`);
    return undefined;
  }
}
