import { STATUS_CODE } from "@std/http/status";
import type { Failure } from "../frame/source_error.ts";
import type { ServedCamera } from "../stream/served_camera.ts";
import type { Grant } from "./access/decision.ts";
import type { Asked } from "./route.ts";

/** The response to `GET /healthz`. */
export interface Health {
  /** Whether every camera that should run delivers. */
  ok: boolean;
  /** Why not, by camera. */
  problems: ({ camera: string } & Failure)[];
}

/** A picture may be late by this much, or by three frame times, before that is a problem. */
const LATE_MS = 2000;

/** Whether every camera that should run delivers. A camera that nobody watches need not. */
export function checkHealth(cameras: readonly ServedCamera[]): Health {
  const problems = cameras.flatMap((served) => {
    const problem = problemOf(served);
    return problem === undefined ? [] : [{ camera: served.name, ...problem }];
  });
  return { ok: problems.length === 0, problems };
}

/** Answers `GET /healthz`. */
export function answerHealth({ cameras, grant: { rights } }: Asked): Response {
  return healthResponse(cameras.all, rights);
}

/**
 * The response to `GET /healthz`: 200, or 503 with the reason. A client that may not look learns
 * how many cameras there are and how many have failed, but neither names nor addresses.
 */
export function healthResponse(
  cameras: readonly ServedCamera[],
  rights: Grant["rights"] = "watch",
): Response {
  const { ok, problems } = checkHealth(cameras);
  const told = rights === "none"
    ? { ok, cameras: cameras.length, failed: problems.length }
    : { ok, problems };
  return Response.json(told, { status: ok ? STATUS_CODE.OK : STATUS_CODE.ServiceUnavailable });
}

function problemOf({ status, camera }: ServedCamera): Failure | undefined {
  const { fps, measured, newestAgeMs } = camera;
  // A camera that is being opened becomes live or fails within seconds.
  if (status.state === "failed") return { code: status.code, reason: status.reason };
  if (status.state !== "live" || newestAgeMs === undefined) return undefined;
  const limit = Math.max(LATE_MS, 3000 / Math.min(fps, measured?.fps ?? fps));
  if (newestAgeMs <= limit) return undefined;
  return { code: "frozen", reason: `gave no picture for ${Math.floor(newestAgeMs / 1000)} s` };
}
