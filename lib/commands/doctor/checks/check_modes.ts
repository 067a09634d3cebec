import { describeUnreadable } from "../../../camera/device/offered_modes.ts";
import type { Mode } from "../../../ffmpeg/mode/modes.ts";
import { hasSize, sizeWords } from "../../../ffmpeg/mode/sizes.ts";
import type { Capture } from "../../../frame/capture.ts";
import type { Size } from "../../../protocol/kind.ts";
import type { Check } from "../check.ts";

/** More sizes than this are hard to read. */
const MAX_SIZES = 8;

/** Checks whether a device offers the wanted size and rate. */
export function judgeModes(
  modes: readonly Mode[],
  { resolution, fps }: Pick<Capture, "resolution" | "fps">,
): Check {
  const check = { name: "modes", modes } as const;
  if (modes.length === 0) {
    return { ...check, status: "ok", message: "doesn't tell which sizes it offers" };
  }
  const readable = modes.filter(({ isUnreadable = false }) => !isUnreadable);
  if (readable.length === 0) {
    return { ...check, status: "fail", message: describeUnreadable(modes) };
  }
  const wanted = words(resolution);
  const sized = sameSize(readable, resolution);
  if (sized.length === 0) {
    const sizes = [...new Set(readable.map(sizeWords))];
    const shown = [...sizes.slice(0, MAX_SIZES), ...sizes.length > MAX_SIZES ? ["…"] : []].join(
      ", ",
    );
    const remedy = "choose one of them with '--resolution'";
    return { ...check, remedy, status: "warn", message: `offers ${shown}, but not ${wanted}` };
  }
  const offers = `offers ${wanted} as ${sized.map(formatWords).join(", ")}`;
  const most = fastest(sized);
  if (most !== undefined && !isEnough(most, fps)) {
    const remedy = "lower '--fps', or choose another '--resolution'";
    return { ...check, remedy, status: "warn", message: `${offers}, but not at ${fps}` };
  }
  return { ...check, status: "ok", message: offers };
}

/** The highest rate of these modes; undefined if one of them doesn't tell. */
export function fastest(modes: readonly Mode[]): number | undefined {
  const rates = modes.map(({ fps }) => fps.length > 0 ? Math.max(...fps) : undefined);
  return rates.some((rate) => rate === undefined)
    ? undefined
    : Math.max(0, ...rates.filter((rate) => rate !== undefined));
}

/** The modes of a size. */
export function sameSize(modes: readonly Mode[], size: Size): Mode[] {
  return modes.filter((mode) => !mode.isUnreadable && hasSize(mode, size));
}

/**
 * Whether a rate is close enough to the wanted one: 29.97 will do for 30, and so will a jittering
 * rate.
 */
export function isEnough(fps: number, wanted: number): boolean {
  return fps >= wanted * 0.9;
}

/** A size in the usual notation. */
export function words({ width, height }: Size): string {
  return `${width}x${height}`;
}

function formatWords({ format, fps, isAnyRate = false }: Mode): string {
  if (isAnyRate) return `${format} at ${Math.min(...fps)} to ${Math.max(...fps)}`;
  return fps.length === 0 ? format : `${format} at ${fps.toSorted((a, b) => b - a).join("/")}`;
}
