import type { Mode } from "../../ffmpeg/mode/modes.ts";
import type { MeasuredCamera } from "./measure.ts";

/** The result of a check: `warn` is not an obstacle, but worth a look. */
export type CheckStatus = "ok" | "warn" | "fail";

/** One thing that was looked at. */
export interface Check {
  /** The subject of the check. */
  name:
    | ("ffmpeg" | "h264" | "imagescript" | "clock" | "limits" | "port" | "certificate" | "nats")
    | ("camera" | "device" | "modes" | "rate");
  /** How it is. */
  status: CheckStatus;
  /** The finding. */
  message: string;
  /** The remedy. */
  remedy?: string;
  /** The camera it is about. */
  camera?: string;
  /** The camera's modes. */
  modes?: readonly Mode[];
  /** The measurement of the camera. */
  measured?: MeasuredCamera;
}

/** The output of `doctor --json`. */
export interface Report {
  /** Whether nothing failed. */
  ok: boolean;
  /** In the order in which they were made. */
  checks: readonly Check[];
}

/** The summary of all findings. */
export function report(checks: readonly Check[]): Report {
  return { ok: checks.every(({ status }) => status !== "fail"), checks };
}

/** The error's own words. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
