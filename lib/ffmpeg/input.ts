/** The systems whose cameras we know how to open, as `Deno.build.os` names them. */
export type CameraOs = "linux" | "darwin" | "windows";

/**
 * An input that ffmpeg opens: a device by the name that its input format takes, an address, or a
 * file.
 */
export type FfmpegInput =
  | { kind: "device"; device: string }
  | UrlInput
  | { kind: "file"; path: string };

/** An address. */
export interface UrlInput {
  /** Tells it from others. */
  kind: "url";
  /** As the user gave it. */
  url: string;
  /** Where ffmpeg gets the same from us. @default {it opens the address} */
  via?: string | undefined;
}

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
