import type { Size } from "../../protocol/kind.ts";
import type { Mode } from "./modes.ts";

/** Common sizes, some of which represent a range. */
const USUAL: readonly Size[] = [
  ...[[320, 240], [640, 480], [1280, 720], [1920, 1080], [2560, 1440], [3840, 2160]] as const,
].map(([width, height]) => ({ width, height }));
/** Some drivers claim to offer every size that can be expressed. */
const LARGEST_SIDE = 8192;

/** The size of a mode that is nearest to the wanted one. */
export function nearestSize({ width, height, range }: Mode, wanted: Size): Size {
  if (range === undefined) return { width, height };
  const { least, step } = range;
  return {
    width: nearest(wanted.width, { least: least.width, most: width, step: step.width }),
    height: nearest(wanted.height, { least: least.height, most: height, step: step.height }),
  };
}

/** Whether a mode has this size. */
export function hasSize(mode: Mode, wanted: Size): boolean {
  const { width, height } = nearestSize(mode, wanted);
  return width === wanted.width && height === wanted.height;
}

/** The sizes of a mode; for a range, the common ones in it and its largest. */
export function sizesOf(mode: Mode): Size[] {
  const { width, height, range } = mode;
  if (range === undefined) return [{ width, height }];
  const usual = USUAL.filter((size) => hasSize(mode, size));
  const isUsable = width <= LARGEST_SIDE && height <= LARGEST_SIDE;
  const isKnown = usual.some((size) => size.width === width && size.height === height);
  return isUsable && !isKnown ? [...usual, { width, height }] : usual;
}

/** The size of a mode in words: `640x480`, or `32x32 to 2592x1944`. */
export function sizeWords({ width, height, range }: Mode): string {
  const most = `${width}x${height}`;
  return range === undefined ? most : `${range.least.width}x${range.least.height} to ${most}`;
}

/** How different two sizes are: the number of pixels in only one of them. */
export function sizeDistance(a: Size, b: Size): number {
  const common = Math.min(a.width, b.width) * Math.min(a.height, b.height);
  return a.width * a.height + b.width * b.height - 2 * common;
}

function nearest(
  wanted: number,
  { least, most, step }: { least: number; most: number; step: number },
): number {
  const inside = Math.min(Math.max(wanted, least), most);
  return Math.min(
    most,
    least + Math.round((inside - least) / Math.max(1, step)) * Math.max(1, step),
  );
}
