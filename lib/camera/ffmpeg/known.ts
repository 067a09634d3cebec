import type { FfmpegVersion } from "../../ffmpeg/ffmpeg_version.ts";
import { cameraOs, type FfmpegInput } from "../../ffmpeg/input.ts";
import type { Mode } from "../../ffmpeg/mode/modes.ts";
import { choosePlan, isPassable, type Plan } from "../../ffmpeg/mode/plan.ts";
import { type Capture, SETTINGS } from "../../frame/capture.ts";
import type { Size } from "../../protocol/kind.ts";
import { askModes } from "../device/ask_modes.ts";
import type { StreamTraits } from "./stream_traits.ts";

/** Facts about an input that hold while it works. */
export interface Known {
  /** The version of ffmpeg. */
  version: FfmpegVersion;
  /** The modes it offers; `undefined` until they are known. */
  modes: readonly Mode[] | undefined;
  /** The size requested of a camera, or the size of a stream. */
  resolution: Size;
  /** The size of the frames it has delivered. */
  delivered?: Size;
  /** Whether its JPEG turned out not to be whole, or to be only a part of each picture. */
  isDamaged?: boolean;
  /** Whether all of this is assumed, without a query of the input. */
  isGuess?: boolean;
  /** Whether its pictures keep changing their size. */
  isChanging?: boolean;
}

/** How an input is opened. */
export interface Asking {
  /** The ffmpeg to run. */
  ffmpeg: string;
  /** Its version. */
  version: FfmpegVersion;
  /** How the input is captured. */
  capture: Capture;
  /** How a stream has to be opened. */
  traits: StreamTraits;
  /** Ends the asking. */
  signal: AbortSignal;
}

/** Queries an input. */
export async function ask(input: FfmpegInput, { capture, ...asking }: Asking): Promise<Known> {
  const { version, traits: { isTransport }, ffmpeg, signal } = asking;
  const { encoder, resolution } = capture;
  // All that matters then is whether JPEG comes, and RTSP says so before its first picture.
  const isSettled = input.kind === "url" && encoder !== "auto" && encoder !== "copy";
  const isAsked = !isSettled || /^rtsps?:/i.test(input.url);
  const options = { ffmpeg, os: cameraOs(), signal, isTransport, isBrief: isSettled };
  const modes = isAsked ? await askModes(input, options) : [];
  if (input.kind === "device") return { version, modes, resolution };
  const [only] = modes ?? [];
  return { version, modes: modes ?? [], resolution: only ?? resolution };
}

/**
 * The facts assumed about a stream whose H.264 is wanted: some can be opened only once, and each
 * opening may wait 10 s for a key frame. `undefined` if it has to be queried first.
 */
export function guess({ capture, traits, version }: Omit<Asking, "signal">): Known | undefined {
  const { resolution, fps } = capture;
  // Only the camera can tell whether another rate is its own.
  if (!traits.mayBeH264 || fps !== SETTINGS.fps.initial) return undefined;
  const known = { ...passed(version, resolution), isGuess: true };
  return isPassable(capture, known.modes, choosePlan(capture, known)) ? known : undefined;
}

/** Whether JPEG can be checked before it is decoded; it is then shown as it was sent. */
export function isCheckable(
  { modes = [], isDamaged }: Known,
  { mjpeg, encoder }: Pick<Plan, "mjpeg" | "encoder">,
): boolean {
  const isAsIs = modes.every(({ isTurned, isStretched }) => !isTurned && !isStretched);
  return mjpeg && encoder !== "copy" && !isDamaged && isAsIs;
}

/** The facts that an H.264 stream's pictures reveal. */
export function passed(version: FfmpegVersion, resolution: Size): Known & { modes: Mode[] } {
  return { version, resolution, modes: [{ format: "h264", ...resolution, fps: [] }] };
}
