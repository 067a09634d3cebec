/** How a picture is turned, clockwise, in degrees. */
export const ROTATIONS = ["0", "90", "180", "270"] as const;

/** One of {@linkcode ROTATIONS}. */
export type Rotation = typeof ROTATIONS[number];

/** How a picture is mirrored: left and right, up and down, or both. */
export const FLIPS = ["h", "v", "hv"] as const;

/** One of {@linkcode FLIPS}. */
export type Flip = typeof FLIPS[number];
