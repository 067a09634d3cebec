import { type Flip, type Rotation, turnedSize } from "./orientation.ts";

/** How to rotate and mirror a picture. */
export interface TurnOptions {
  /** The original width, in pixels. */
  width: number;
  /** The original height, in pixels. */
  height: number;
  /** Clockwise, in degrees. */
  rotate: Rotation;
  /** How it is mirrored after the rotation, if at all. */
  flip: Flip | undefined;
}

/** Writes a picture, rotated and mirrored, to another buffer; one element is one pixel. */
export function turn(from: Uint32Array, to: Uint32Array, options: TurnOptions): void {
  const { width, height, rotate, flip } = options;
  const { width: columns, height: rows } = turnedSize(options, rotate);
  let { first, right, down } = steps(rotate, { width, height });
  if (flip?.includes("h")) [first, right] = [first + (columns - 1) * right, -right];
  if (flip?.includes("v")) [first, down] = [first + (rows - 1) * down, -down];
  for (let y = 0, at = 0; y < rows; y++) {
    for (let x = 0, index = first + y * down; x < columns; x++, index += right) {
      to[at++] = from[index] ?? 0;
    }
  }
}

/**
 * The position of the new picture's first pixel in the old one, and the steps to the pixels on its
 * right and below it.
 */
function steps(
  rotate: Rotation,
  { width, height }: { width: number; height: number },
): { first: number; right: number; down: number } {
  switch (rotate) {
    case "0":
      return { first: 0, right: 1, down: width };
    case "90":
      return { first: (height - 1) * width, right: -width, down: 1 };
    case "180":
      return { first: height * width - 1, right: -1, down: -width };
    case "270":
      return { first: width - 1, right: width, down: -1 };
  }
}
