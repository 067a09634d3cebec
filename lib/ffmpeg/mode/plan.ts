import { type Capture, type EncoderName, SETTINGS } from "../../frame/capture.ts";
import { pictureChange } from "../../frame/change_capture.ts";
import { USUAL_PIXEL_ENCODER } from "../../jpeg/pixel_encoders.ts";
import type { Size } from "../../protocol/kind.ts";
import { chooseMode, type ChosenMode, ENOUGH } from "./choose_mode.ts";
import type { Mode } from "./modes.ts";

/** The user's wishes: a rate, and perhaps other settings. */
export type CaptureWish = Pick<Capture, "fps"> & Partial<Capture>;

/** The facts that a plan is based on. */
export interface Facts {
  /** The size requested of the camera, or the size of a stream, in pixels. */
  resolution: Size;
  /** The size of the frames it has delivered, if that differs. */
  delivered?: Size | undefined;
  /** The modes it offers; empty if it doesn't tell, `undefined` if they are not known yet. */
  modes: readonly Mode[] | undefined;
  /**
   * Whether its JPEG turned out not to be whole.
   *
   * @default {false}
   */
  isDamaged?: boolean;
  /**
   * Whether its pictures keep changing their size.
   *
   * @default {false}
   */
  isChanging?: boolean;
}

/** How a camera is read. */
export interface Plan {
  /** The encoder that makes the JPEG. */
  encoder: EncoderName;
  /** The mode to request from a device, if its modes are known. */
  mode: ChosenMode | undefined;
  /** Whether the camera's pictures come as JPEG, passed on or not. */
  mjpeg: boolean;
  /** The reason, in words that follow the encoder's name. */
  reason: string;
  /** Whether its own H.264 is passed on, or could be; `undefined` if it has none that can. */
  video?: "passed" | "possible";
}

/**
 * imagescript encodes this much on one core of a small machine and leaves half of the core free.
 */
const MAX_PIXELS_A_SECOND = 10e6;

/** ffmpeg's encoder has a single size. */
const CHANGING = {
  encoder: USUAL_PIXEL_ENCODER,
  reason: "for pictures that change their size",
} as const;

/**
 * Whether the camera delivers H.264 and it can be shown as it is. If the user set no rate, the
 * stream's own applies.
 */
export function isPassable(wish: CaptureWish, modes: readonly Mode[], { mode }: Plan): boolean {
  if (mode?.format !== "h264" || modes.some(({ isTurned }) => isTurned)) return false;
  const { encoder = "auto", fps } = wish;
  const isSlower = fps !== SETTINGS.fps.initial && fps < (mode.fps ?? 0) * ENOUGH;
  return encoder === "auto" && pictureChange(wish) === undefined && !isSlower;
}

const TURNED = "for pictures that the file says are to be turned";

/** Decides in which mode to read a camera, and which encoder makes its pictures. */
export function choosePlan(wish: CaptureWish, facts: Facts): Plan {
  const { encoder = "auto", fps } = wish;
  const { resolution, modes = [] } = facts;
  const any = { size: resolution, fps, prefersJpeg: encoder === "copy" };
  const { width, height } = facts.delivered ?? chooseMode(modes, any) ?? resolution;
  const pixels = width * height * fps;
  const isLarge = pixels > MAX_PIXELS_A_SECOND;
  const own = encoder === "copy" ? modes.filter(({ format }) => format === "mjpeg") : [];
  const mode = chooseMode(own.length > 0 ? own : modes, { ...any, prefersJpeg: isLarge });
  const mjpeg = mode === undefined ? encoder === "copy" : mode.format === "mjpeg";
  const made = encoder === "auto"
    ? chooseEncoder(wish, { ...facts, isLarge, mjpeg, load: loadWords(pixels) })
    : encoder === "copy" && modes.some((each) => each.isTurned)
    // JPEG that is passed on keeps its stored orientation.
    ? { encoder: "ffmpeg" as const, reason: TURNED }
    : { encoder, reason: "as asked for" };
  const isInOneSize = made.encoder === "ffmpeg" && facts.isChanging === true;
  return { ...isInOneSize ? CHANGING : made, mode, mjpeg };
}

function chooseEncoder(
  wish: CaptureWish,
  { modes, isDamaged = false, isLarge, mjpeg, load }: Facts & {
    isLarge: boolean;
    mjpeg: boolean;
    load: string;
  },
): Pick<Plan, "encoder" | "reason"> {
  const unknown = modes === undefined ? "; its formats aren't known yet" : "";
  if (!isLarge) return { encoder: USUAL_PIXEL_ENCODER, reason: `for ${load}${unknown}` };
  if (unknown !== "") return { encoder: "ffmpeg", reason: `for ${load}${unknown}` };
  if (!mjpeg) return { encoder: "ffmpeg", reason: `for ${load} that come without JPEG` };
  const change = pictureChange(wish);
  if (change !== undefined) {
    return { encoder: "ffmpeg", reason: `for ${load} that are to be ${change}` };
  }
  if (modes?.some((each) => each.isTurned)) return { encoder: "ffmpeg", reason: TURNED };
  if (isDamaged) return { encoder: "ffmpeg", reason: "for pictures that aren't whole" };
  return { encoder: "copy", reason: `for ${load} that come as JPEG` };
}

function loadWords(pixels: number): string {
  const isRoundedDown = pixels > MAX_PIXELS_A_SECOND && pixels < MAX_PIXELS_A_SECOND + 0.05e6;
  const millions = isRoundedDown ? "a little over 10" : (pixels / 1e6).toFixed(1);
  return `${millions} million pixels a second`;
}
