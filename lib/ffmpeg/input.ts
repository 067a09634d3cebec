/** The systems whose cameras we know how to open, as `Deno.build.os` names them. */
export type CameraOs = "linux" | "darwin" | "windows";

/**
 * An input that ffmpeg opens: a device by the name that its input format takes, an address, or a
 * file.
 */
export type FfmpegInput =
  | { kind: "device"; device: string }
  | { kind: "url"; url: string }
  | { kind: "file"; path: string };

/** ffmpeg's input format for the devices of each system. */
export const DEVICE_FORMAT: Readonly<Record<CameraOs, string>> = {
  linux: "v4l2",
  darwin: "avfoundation",
  windows: "dshow",
};

/** The system we run on; one that is like none of the others is taken for Linux. */
export function cameraOs(): CameraOs {
  const { os } = Deno.build;
  return os === "darwin" || os === "windows" ? os : "linux";
}
