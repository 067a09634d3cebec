import { type CameraSpec, parseCamera } from "../camera/camera_spec.ts";
import { ALL_SETTINGS, type Capture } from "../frame/capture.ts";
import { changingSettings, isCopyChanged, setCapture } from "../frame/change_capture.ts";
import { quote } from "../protocol/quote.ts";
import { nearest } from "./options/nearest.ts";
import { splitSettings } from "./source_settings.ts";

/** A camera with its complete capture. */
export interface CameraConfig extends CameraSpec {
  /** Its own settings, with the common settings filled in. */
  readonly capture: Capture;
}

/** Whether a camera stands for all cameras of a broker, which come and go. */
export function isEveryCamera({ source }: CameraSpec): boolean {
  return source.kind === "relay" && source.camera === "*";
}

/** A setting of one camera, by its name. */
export type OwnSetting = readonly [name: string, text: string];

/** Pictures that come through NATS are made elsewhere. */
const NOT_OF_RELAYS = ["resolution", "encoder", "rotate", "flip"];

/**
 * Parses cameras, whose names must differ; camera 0 if there are none.
 *
 * @param shared the capture for cameras without settings of their own
 * @throws {RangeError} when one can't be parsed
 */
export function parseCameras(texts: readonly string[], shared: Capture): CameraConfig[] {
  const cameras = (texts.length > 0 ? texts : ["0"]).map((text) => parseOne(text, shared));
  const names = cameras.map(({ name }) => name);
  const twin = names.find((name, i) => names.indexOf(name) < i);
  if (twin === undefined) return cameras;
  throw new RangeError(
    `must give each camera a name of its own (NAME=SOURCE), got ${quote(twin)} twice`,
  );
}

function parseOne(text: string, shared: Capture): CameraConfig {
  const { source, settings } = splitSettings(text);
  const spec = parseCamera(source);
  let capture = shared;
  for (const [i, [word, value]] of settings.entries()) {
    const name = word.toLowerCase();
    const problem = settingProblem(spec, name) ??
      (settings.findIndex(([other]) => other.toLowerCase() === name) < i ? " twice" : undefined);
    if (problem !== undefined) throw new RangeError(`has ${quote(`#${word}`)}${problem}`);
    capture = setOwn(capture, [name, value]);
  }
  againstCopy(spec, capture);
  return { ...spec, capture };
}

/**
 * Why a camera can't have a setting, in words that follow the setting's name; `undefined` if it
 * can.
 */
export function settingProblem({ source }: CameraSpec, name: string): string | undefined {
  const names = ALL_SETTINGS.map((setting) => setting.name);
  if (!names.includes(name)) {
    const near = nearest(name, names);
    const hint = near === undefined ? `there is ${names.join(", ")}` : `did you mean '${near}'?`;
    return `, which is not a setting of a camera: ${hint}`;
  }
  return source.kind === "relay" && NOT_OF_RELAYS.includes(name)
    ? " on a camera that comes through NATS: its pictures are made on the machine with the camera"
    : undefined;
}

function setOwn(capture: Capture, [name, text]: OwnSetting): Capture {
  try {
    return setCapture(capture, name, text);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new RangeError(`has '#${name}', which ${cause.message}`, { cause });
  }
}

/**
 * Refuses the copy encoder for pictures that need a new encoding.
 *
 * @throws {RangeError}
 */
export function againstCopy({ name, source }: CameraSpec, capture: Capture): void {
  if (source.kind === "relay" || !isCopyChanged(capture)) return;
  throw new RangeError(
    `must give camera ${quote(name)} an encoder other than copy: ` +
      `its ${changingSettings("or", ({ name }) => name)} needs a new encoding`,
  );
}
