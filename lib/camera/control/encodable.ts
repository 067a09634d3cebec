import type { Capture } from "../../frame/capture.ts";
import { isDrawn, type SourceSpec } from "../source_kinds.ts";
import { takesPixels } from "../../jpeg/pixel_encoders.ts";

/** Pixels a second that one core can draw or encode while leaving time for viewers. */
const PER_CORE = 32_000_000;
const MAX_CORES = 4;
/** A larger raw frame takes longer than viewers should ever have to wait. */
const MAX_FRAME = 3840 * 2160;

/**
 * Checks that this machine can keep up with raw frames that are encoded here.
 *
 * @throws {RangeError} when it can't, with the limit
 */
export function checkEncodable(
  source: Pick<SourceSpec, "kind">,
  { resolution: { width, height }, fps, encoder }: Capture,
  cores: number = navigator.hardwareConcurrency,
): void {
  if (!isDrawn(source) && !takesPixels(encoder)) return;
  const most = PER_CORE * Math.min(cores, MAX_CORES);
  const pixels = width * height;
  if (pixels > MAX_FRAME) {
    throw new RangeError(
      `field 'resolution' must be at most 3840x2160 for pictures that are encoded here, got ${width}x${height}`,
    );
  }
  if (pixels * fps <= most) return;
  const fastest = Math.floor(10 * most / pixels) / 10;
  throw new RangeError(
    `field 'fps' must be at most ${fastest} at ${width}x${height}, which is what this machine encodes, got ${fps}`,
  );
}
