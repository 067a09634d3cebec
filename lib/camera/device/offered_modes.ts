import type { Mode } from "../../ffmpeg/mode/modes.ts";
import { nearestSize, sizeDistance, sizeWords } from "../../ffmpeg/mode/sizes.ts";

/** More sizes would make the sentence too long. */
const MAX_SIZES = 5;
const MAX_RATES = 4;

/** The mode wanted of a camera. */
export interface WantedMode {
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
  /** Frames a second. */
  fps: number;
}

/**
 * The sizes that a camera offers, with their rates, those nearest to the wanted one first: `640x480
 * at 30, 15 fps; 32x32 to 1280x720`. Empty if none is known.
 */
export function describeModes(modes: readonly Mode[], wanted: WantedMode): string {
  const sizes = new Map<string, { distance: number; rates: Set<number> }>();
  for (const mode of modes) {
    const name = sizeWords(mode);
    const distance = sizeDistance(nearestSize(mode, wanted), wanted);
    const size = sizes.get(name) ?? { distance, rates: new Set() };
    for (const rate of mode.fps) size.rates.add(Math.round(rate * 100) / 100);
    sizes.set(name, size);
  }
  const nearest = [...sizes].sort(([, a], [, b]) => a.distance - b.distance);
  const shown = nearest.slice(0, MAX_SIZES).map(([name, { rates }]) => {
    const near = [...rates].sort((a, b) => Math.abs(a - wanted.fps) - Math.abs(b - wanted.fps));
    return near.length > 0 ? `${name} at ${near.slice(0, MAX_RATES).join(", ")} fps` : name;
  });
  return [...shown, ...nearest.length > MAX_SIZES ? ["more"] : []].join("; ");
}

/** Sensors on a ribbon cable send raw data: V4L2's names for that, with 10 bits or more. */
const BARE = /^(p[BGR](AA|CC|EE)|(BG|GB|BA|GR|RG)1[0246]|BYR2)$|bayer/i;

/** Why none of these can be used, in words that follow the camera's name. */
export function describeUnreadable(modes: readonly Mode[]): string {
  const formats = [...new Set(modes.map(({ format }) => format))];
  const list = formats.slice(0, MAX_SIZES).join(", ");
  const remedy = formats.some((format) => BARE.test(format))
    ? "it is a bare sensor, as on a Raspberry Pi's ribbon cable: get its pictures from 'rpicam-vid' " +
      "(docs/raspberry-pi.md)"
    : "update ffmpeg, or use another camera";
  return `delivers only ${list}, which ffmpeg can't read: ${remedy}`;
}

/**
 * Reads the modes that avfoundation lists when it refuses one; a range is represented by its
 * highest rate.
 */
export function parseRefusal(words: string): Mode[] {
  const lines = words.matchAll(/^\s*(?:\[[^\]]*\]\s*)?(\d+)x(\d+)@\[([\d.]+) ([\d.]+)\]fps/gm);
  return Array.from(lines, ([, width, height, , fps]) => {
    return { format: "", width: Number(width), height: Number(height), fps: [Number(fps)] };
  });
}
