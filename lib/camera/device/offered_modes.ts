import type { Mode } from "../../ffmpeg/modes.ts";

/** More sizes would make no sentence. */
const MAX_SIZES = 5;
const MAX_RATES = 4;

/** What is wanted of a camera. */
export interface WantedMode {
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
  /** Frames a second. */
  fps: number;
}

/**
 * The sizes that a camera offers, with their rates, those nearest to what is wanted first:
 * `640x480 at 30, 15 fps; 1280x720`. Empty when none is known.
 */
export function describeModes(modes: readonly Mode[], wanted: WantedMode): string {
  const sizes = new Map<string, { width: number; height: number; rates: Set<number> }>();
  for (const { width, height, fps } of modes) {
    const name = `${width}x${height}`;
    const size = sizes.get(name) ?? { width, height, rates: new Set() };
    for (const rate of fps) size.rates.add(Math.round(rate * 100) / 100);
    sizes.set(name, size);
  }
  const nearest = [...sizes].sort(([, a], [, b]) => distance(a, wanted) - distance(b, wanted));
  const shown = nearest.slice(0, MAX_SIZES).map(([name, { rates }]) => {
    const near = [...rates].sort((a, b) => Math.abs(a - wanted.fps) - Math.abs(b - wanted.fps));
    return near.length > 0 ? `${name} at ${near.slice(0, MAX_RATES).join(", ")} fps` : name;
  });
  return [...shown, ...nearest.length > MAX_SIZES ? ["more"] : []].join("; ");
}

/** Reads the modes that avfoundation lists when it refuses one; the highest rate of a range stands for it. */
export function parseRefusal(words: string): Mode[] {
  const lines = words.matchAll(/^\s*(?:\[[^\]]*\]\s*)?(\d+)x(\d+)@\[([\d.]+) ([\d.]+)\]fps/gm);
  return Array.from(lines, ([, width, height, , fps]) => {
    return { format: "", width: Number(width), height: Number(height), fps: [Number(fps)] };
  });
}

/** How unlike two sizes are: the pixels that only one of them has. */
function distance(
  a: { width: number; height: number },
  b: { width: number; height: number },
): number {
  const common = Math.min(a.width, b.width) * Math.min(a.height, b.height);
  return a.width * a.height + b.width * b.height - 2 * common;
}
