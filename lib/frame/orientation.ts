import type { Size } from "../protocol/kind.ts";

/** A clockwise rotation, in degrees. */
export const ROTATIONS = ["0", "90", "180", "270"] as const;

/** One of {@linkcode ROTATIONS}. */
export type Rotation = typeof ROTATIONS[number];

/** How a picture is mirrored: left and right, up and down, or both. */
export const FLIPS = ["h", "v", "hv"] as const;

/** One of {@linkcode FLIPS}. */
export type Flip = typeof FLIPS[number];

/**
 * The size of a rotated picture: width and height change places at 90 and 270 degrees. Applied
 * twice, it gives the original size.
 */
export function turnedSize({ width, height }: Size, rotate: Rotation): Size {
  const isSideways = rotate === "90" || rotate === "270";
  return isSideways ? { width: height, height: width } : { width, height };
}
