import type { Mode } from "../../ffmpeg/modes.ts";
import type { Measured } from "./measure.ts";

/** How a check went: `warn` is no obstacle, but worth a look. */
export type CheckStatus = "ok" | "warn" | "fail";

/** One thing that was looked at. */
export interface Check {
  /** What was looked at. */
  name:
    | ("ffmpeg" | "imagescript" | "clock" | "limits" | "port" | "certificate" | "nats")
    | ("camera" | "device" | "modes" | "rate");
  /** How it is. */
  status: CheckStatus;
  /** What was found. */
  message: string;
  /** What to do about it. */
  remedy?: string;
  /** The camera that it is about. */
  camera?: string;
  /** What the camera offers. */
  modes?: readonly Mode[];
  /** What came from the camera. */
  measured?: Measured;
}

/** What `doctor --json` prints. */
export interface Report {
  /** Whether nothing failed. */
  ok: boolean;
  /** In the order in which they were made. */
  checks: readonly Check[];
}

/** What was found, all in all. */
export function report(checks: readonly Check[]): Report {
  return { ok: checks.every(({ status }) => status !== "fail"), checks };
}

/** What went wrong, in its own words. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
