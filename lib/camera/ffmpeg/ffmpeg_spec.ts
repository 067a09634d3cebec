/** A device of this machine, as the user named it. */
export type DeviceSpec =
  | { kind: "index"; index: number }
  | { kind: "device"; path: string }
  | { kind: "name"; name: string };

/** A camera at an address, as the user named it. */
export interface AddressSpec {
  /** Tells it from another. */
  kind: "url";
  /** The address, with user and password. */
  url: string;
}

/** A source that ffmpeg opens, or may open. */
export type FfmpegSpec = DeviceSpec | AddressSpec | { kind: "file"; path: string };

/** Whether a source is a device of this machine. */
export function isDevice<S extends { kind: string }>(
  source: S,
): source is Extract<S, { kind: DeviceSpec["kind"] }> {
  return ["index", "device", "name"].includes(source.kind);
}

/** Whether ffmpeg opens a source, or may. */
export function isForFfmpeg<S extends { kind: string }>(
  source: S,
): source is Extract<S, { kind: FfmpegSpec["kind"] }> {
  return isDevice(source) || source.kind === "url" || source.kind === "file";
}
