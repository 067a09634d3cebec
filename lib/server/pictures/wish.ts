import { STATUS_CODE } from "@std/http/status";
import { quote } from "../../protocol/quote.ts";
import { parseQuery, type ViewerSettings } from "../../protocol/viewer_settings.ts";
import type { ServedCamera } from "../../stream/served_camera.ts";
import { actionOf } from "./action.ts";
import { full, plain } from "../answers.ts";
import { reasonHeader } from "../refusal/reason.ts";
import type { Asked, Parts } from "../route.ts";

/** The pictures that a client wants. */
export interface Wish {
  /** The camera. */
  served: ServedCamera;
  /** Wishes for its pictures. */
  settings: Partial<ViewerSettings>;
}

/** Parses which pictures a client wants, if they are available. */
export function readWish(
  { url, cameras, connection: { address } }: Asked,
  { viewers }: Parts,
): Wish | Response {
  const wanted = parseQuery(url.searchParams);
  if (!wanted.ok) return plain(STATUS_CODE.BadRequest, `Cannot use address: ${wanted.message}`);
  const place = actionOf(url)?.place;
  const { all } = cameras;
  const served = place === undefined
    ? cameras.get(wanted.settings.camera ?? all[0]?.name ?? "")
    : all[place];
  if (served === undefined) return noSuchCamera(all, place ?? wanted.settings.camera);
  const refusal = viewers.refusal(address);
  if (refusal !== undefined) return full(refusal);
  const camera = place === undefined ? {} : { camera: served.name };
  return { served, settings: { ...wanted.settings, ...camera } };
}

function noSuchCamera(
  cameras: readonly ServedCamera[],
  got: string | number | undefined,
): Response {
  const names = cameras.map(({ name }) => quote(name));
  const rule = names.length === 0
    ? "there is none yet"
    : typeof got === "number"
    ? `_N must be 0 to ${names.length - 1}, got ${got}`
    : `'camera' must be one of ${names.join(", ")}, got ${quote(got)}`;
  const reason = reasonHeader("unknown-camera", { camera: names.length === 0 ? "" : got ?? "" });
  return plain(STATUS_CODE.NotFound, `No such camera: ${rule}`, reason);
}
