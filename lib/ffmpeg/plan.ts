import type { Capture } from "../frame/capture.ts";
import { pictureChange } from "../frame/change_capture.ts";
import type { Mode } from "./modes.ts";

/** Who makes the JPEG: the program itself, nobody (the camera's own is passed on), or ffmpeg. */
export type EncoderName = "imagescript" | "copy" | "ffmpeg";

/** What the user wants of a camera: a rate, and what else was asked for. */
export type Wish = Pick<Capture, "fps"> & Partial<Capture>;

/** What a plan is made from. */
export interface Facts {
  /** What is asked of the camera, or what it was seen to deliver. In pixels. */
  resolution: { width: number; height: number };
  /** What it offers; empty when that isn't known. */
  modes: readonly Mode[];
  /** Whether its JPEG was seen not to be whole. @default {false} */
  isDamaged?: boolean;
}

/** How a camera is read. */
export interface Plan {
  /** Who makes the JPEG. */
  encoder: EncoderName;
  /** Whether a device is told to send JPEG, be it passed on or not. */
  mjpeg: boolean;
  /** Why, in words that follow the encoder's name. */
  reason: string;
}

/** What imagescript encodes on one core of a small machine while leaving half of it free. */
const MAX_PIXELS_A_SECOND = 10e6;

/** Decides which encoder makes a camera's pictures. */
export function choosePlan(wish: Wish, { resolution, modes, isDamaged = false }: Facts): Plan {
  const { encoder = "auto" } = wish;
  const sized = modes.filter(({ width, height }) => {
    return width === resolution.width && height === resolution.height;
  });
  const offersMjpeg = modes.some(({ format }) => format === "mjpeg");
  const pixels = resolution.width * resolution.height * wish.fps;
  const isLarge = pixels > MAX_PIXELS_A_SECOND;
  const isAskedFor = encoder === "copy" && (offersMjpeg || modes.length === 0);
  const mjpeg = isAskedFor ||
    offersMjpeg && (isLarge || !offersRaw(sized, Math.min(wish.fps, fastest(sized))));
  if (encoder !== "auto") return { encoder, mjpeg, reason: "as asked for" };
  const isRoundedDown = isLarge && pixels < MAX_PIXELS_A_SECOND + 0.05e6;
  const millions = isRoundedDown ? "a little over 10" : (pixels / 1e6).toFixed(1);
  const load = `${millions} million pixels a second`;
  if (!isLarge) return { encoder: "imagescript", mjpeg, reason: `for ${load}` };
  if (!offersMjpeg) {
    return { encoder: "ffmpeg", mjpeg, reason: `for ${load} that come without JPEG` };
  }
  const change = pictureChange(wish);
  if (change !== undefined) {
    return { encoder: "ffmpeg", mjpeg, reason: `for ${load} that are to be ${change}` };
  }
  if (isDamaged) return { encoder: "ffmpeg", mjpeg, reason: "for pictures that aren't whole" };
  return { encoder: "copy", mjpeg, reason: `for ${load} that come as JPEG` };
}

/** Frames a second of the fastest of these modes; without bound where one doesn't say. */
function fastest(modes: readonly Mode[]): number {
  return Math.max(...modes.map(({ fps }) => fps.length > 0 ? Math.max(...fps) : Infinity), 0) ||
    Infinity;
}

/**
 * Whether raw pictures of the wanted size come at a rate: over USB 2 large ones crawl, and a camera that
 * is asked for a size that it has only as JPEG delivers another one.
 */
function offersRaw(sized: readonly Mode[], fps: number): boolean {
  if (sized.length === 0) return true;
  const raw = sized.filter(({ format }) => format !== "mjpeg");
  // 29.97 will do for 30.
  return raw.length > 0 && fastest(raw) >= fps * 0.95;
}
