/** The systems whose cameras wscam can open, as `Deno.build.os` names them. */
export type CameraOs = "linux" | "darwin" | "windows";

/** An input for ffmpeg: a device by its name in ffmpeg's input format, an address, or a file. */
export type FfmpegInput =
  | { kind: "device"; device: string }
  | UrlInput
  | { kind: "file"; path: string };

/** An address. */
export interface UrlInput {
  /** Tells it from others. */
  kind: "url";
  /** As the user wrote it. */
  url: string;
  /**
   * An address at which ffmpeg gets the same data from us.
   *
   * @default {it opens the address}
   */
  via?: string | undefined;
}

/** ffmpeg's input format for devices, by system. */
export const DEVICE_FORMAT: Readonly<Record<CameraOs, string>> = {
  linux: "v4l2",
  darwin: "avfoundation",
  windows: "dshow",
};

/** The system wscam runs on; an unknown one is treated as Linux. */
export function cameraOs(): CameraOs {
  const { os } = Deno.build;
  return os === "darwin" || os === "windows" ? os : "linux";
}
