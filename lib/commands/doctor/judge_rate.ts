import type { Mode } from "../../ffmpeg/mode/modes.ts";
import type { Capture } from "../../frame/capture.ts";
import { turnedSize } from "../../frame/orientation.ts";
import type { Size } from "../../protocol/kind.ts";
import { isDrawn, type SourceSpec } from "../../camera/source_kinds.ts";
import type { Check } from "./check.ts";
import { fastest, isEnough, sameSize, words } from "./checks/check_modes.ts";
import type { MeasuredCamera } from "./measure.ts";

/** The rate and size wanted of a camera, and the modes it claims to have. */
export interface RateContext extends Pick<Capture, "resolution" | "fps" | "rotate"> {
  /** The kind of camera. */
  kind: SourceSpec["kind"];
  /** Its modes; empty if they are unknown. */
  modes: readonly Mode[];
}

/** Judges whether a camera delivers what is wanted, and suggests why if it doesn't. */
export function judgeRate(measured: MeasuredCamera, context: RateContext): Check {
  const { plan } = measured;
  const encoder = plan ? `; encoder ${plan.encoder}, ${plan.reason}` : "";
  const found = `delivers ${words(measured)} at ${measured.fps} frames a second`;
  const check = { name: "rate", measured } as const;
  if (!isEnough(measured.fps, context.fps)) {
    const remedy = whySlow(context, turnedSize(measured, context.rotate));
    return {
      ...check,
      remedy,
      status: "warn",
      message: `${found}, but ${context.fps} are wanted${encoder}`,
    };
  }
  const isDevice = ["index", "device", "name"].includes(context.kind);
  const asked = context.resolution;
  if (isDevice && words(turnedSize(measured, context.rotate)) !== words(asked)) {
    const remedy = "choose a size that it offers with '--resolution' ('wscam cameras' lists them)";
    return {
      ...check,
      remedy,
      status: "warn",
      message: `${found}, though ${words(asked)} was asked for${encoder}`,
    };
  }
  const spare = measured.fps > context.fps * 1.1 ? `, of which ${context.fps} are wanted` : "";
  return { ...check, status: "ok", message: `${found}${spare}${encoder}` };
}

function whySlow({ kind, modes, fps }: RateContext, size: Size): string {
  if (isDrawn({ kind })) return "this machine is too slow or too busy for that rate and size";
  if (kind === "url" || kind === "file") {
    return "the source gives no more: set a lower '--fps'";
  }
  const most = fastest(sameSize(modes, size));
  if (most !== undefined && most > 0 && !isEnough(most, fps)) {
    return `it offers no more than ${most} at that size: lower '--fps' or '--resolution'`;
  }
  const exposure = Deno.build.os === "linux" ? " (its control exposure_dynamic_framerate)" : "";
  return "in the dark, cameras expose longer and halve their rate: try more light, or turn that off" +
    `${exposure}; if the light is good, a lower '--resolution', or another USB port`;
}
