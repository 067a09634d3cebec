import type { FfmpegVersion } from "../../ffmpeg/ffmpeg_version.ts";
import { cameraOs, type FfmpegInput } from "../../ffmpeg/input.ts";
import type { Mode } from "../../ffmpeg/mode/modes.ts";
import { choosePlan, isPassable, type Plan } from "../../ffmpeg/mode/plan.ts";
import { type Capture, SETTINGS } from "../../frame/capture.ts";
import type { Size } from "../../protocol/kind.ts";
import { askModes } from "../device/ask_modes.ts";
import type { StreamTraits } from "./stream_traits.ts";

/** Facts about an input, which hold while it works. */
export interface Known {
  /** The version of ffmpeg. */
  version: FfmpegVersion;
  /** The modes that it offers; nothing while they weren't learnt. */
  modes: readonly Mode[] | undefined;
  /** The size that a camera is asked for, or that a stream has. */
  resolution: Size;
  /** The size of the frames that it has delivered. */
  delivered?: Size;
  /** Whether its JPEG was seen not to be whole, or to be a part of each picture. */
  isDamaged?: boolean;
  /** Whether that is what it is taken for, and it was not asked. */
  isGuess?: boolean;
  /** Whether its pictures were seen to change their size again and again. */
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

/** Asks an input what it is. */
export async function ask(input: FfmpegInput, { capture, ...asking }: Asking): Promise<Known> {
  const { version, traits: { isTransport }, ffmpeg, signal } = asking;
  const { encoder, resolution } = capture;
  // Then all that matters is whether JPEG comes, which RTSP tells before its first picture.
  const isSettled = input.kind === "url" && encoder !== "auto" && encoder !== "copy";
  const isAsked = !isSettled || /^rtsps?:/i.test(input.url);
  const options = { ffmpeg, os: cameraOs(), signal, isTransport, isBrief: isSettled };
  const modes = isAsked ? await askModes(input, options) : [];
  if (input.kind === "device") return { version, modes, resolution };
  const [only] = modes ?? [];
  return { version, modes: modes ?? [], resolution: only ?? resolution };
}

/**
 * What a stream is taken for whose H.264 is wanted: some can be opened only once, and each opening may wait 10 s for a
 * key frame. Nothing where it has to be asked first.
 */
export function guess({ capture, traits, version }: Omit<Asking, "signal">): Known | undefined {
  const { resolution, fps } = capture;
  // Whether another rate is its own, only it can tell.
  if (!traits.mayBeH264 || fps !== SETTINGS.fps.initial) return undefined;
  const known = { ...passed(version, resolution), isGuess: true };
  return isPassable(capture, known.modes, choosePlan(capture, known)) ? known : undefined;
}

/** Whether JPEG that has to be decoded can be looked through before: it is shown as it stands there. */
export function isCheckable(
  { modes = [], isDamaged }: Known,
  { mjpeg, encoder }: Pick<Plan, "mjpeg" | "encoder">,
): boolean {
  const isAsIs = modes.every(({ isTurned, isStretched }) => !isTurned && !isStretched);
  return mjpeg && encoder !== "copy" && !isDamaged && isAsIs;
}

/** The facts that the pictures of a stream of H.264 tell. */
export function passed(version: FfmpegVersion, resolution: Size): Known & { modes: Mode[] } {
  return { version, resolution, modes: [{ format: "h264", ...resolution, fps: [] }] };
}
