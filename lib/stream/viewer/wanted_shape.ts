import type { RenditionShape } from "../../encoder/encoder.ts";
import type { ViewerSettings } from "../../protocol/viewer_settings.ts";
import type { ServedCamera } from "../served_camera.ts";
import type { Recipient } from "../recipient.ts";
import type { Stream } from "../stream.ts";
import type { JoinOptions } from "../streams.ts";

/** Says that no rendition in H.264 is available for a camera now. */
export const NO_VIDEO =
  "field 'format' can't be 'h264' now: no more renditions can be made of this camera, or for you";

/** The settings that determine a rendition. */
export type Wished = Pick<ViewerSettings, "quality" | "width" | "format" | "fps">;

/**
 * The rendition that a viewer's settings ask for. In H.264, a rate below the camera's makes a
 * separate one, since none of its pictures can be dropped.
 *
 * @param served the camera; if it isn't there yet, every rate is below its own
 */
export function wantedShape(
  { quality, width, format, fps }: Wished,
  served: ServedCamera | undefined,
): RenditionShape {
  if (format !== "h264") return { quality, width };
  const isLess = fps !== null && fps < (served ? rateOf(served) : Infinity);
  return { quality, width, codec: "h264", maxFps: isLess ? fps : null };
}

/** The rate of a camera's own H.264, or of its frames. */
function rateOf({ camera }: ServedCamera): number {
  if (!camera.isPassing) return camera.fps;
  return MEASURED_LEAST * (camera.measured?.fps ?? Infinity);
}

/** A measured rate is no more accurate than this. */
const MEASURED_LEAST = 0.9;

/** Whether two settings ask for the same rendition of the same camera. */
export function isSameWish(
  a: ViewerSettings,
  b: ViewerSettings,
  served: ServedCamera | undefined,
): boolean {
  const [one, other] = [wantedShape(a, served), wantedShape(b, served)];
  return a.camera === b.camera && one.quality === other.quality && one.width === other.width &&
    one.codec === other.codec && one.maxFps === other.maxFps;
}

/**
 * Sends a viewer what it asked for, or the nearest that exists; for H.264, `undefined` if there is
 * none.
 */
export function joinWanted(
  served: ServedCamera,
  recipient: Recipient,
  shape: RenditionShape,
  options: JoinOptions,
): Stream | undefined {
  return shape.codec === "h264"
    ? served.joinVideo(recipient, shape, options)
    : served.join(recipient, shape, options);
}
