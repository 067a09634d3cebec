import type { RenditionShape } from "../encoder/encoder.ts";

/** This difference in quality weighs as much as a factor of two in width. */
const QUALITY_OF_DOUBLE = 50;

/**
 * The rendition most similar to the one that was asked for.
 *
 * @param own what `null` stands for: the camera's quality and width
 */
export function nearestTo<T extends RenditionShape>(
  { quality, width }: RenditionShape,
  renditions: readonly T[],
  own: { quality: number; width: number },
): T | undefined {
  const widthOf = (asked: number | null): number => Math.min(asked ?? Infinity, own.width);
  const distanceTo = (each: T): number => {
    const doubles = Math.abs(Math.log2(widthOf(each.width)) - Math.log2(widthOf(width)));
    const steps = Math.abs((each.quality ?? own.quality) - (quality ?? own.quality));
    return doubles + steps / QUALITY_OF_DOUBLE;
  };
  const [first] = renditions.toSorted((a, b) => distanceTo(a) - distanceTo(b));
  return first;
}
