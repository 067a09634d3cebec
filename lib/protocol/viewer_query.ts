import { quote } from "./quote.ts";

/** What {@linkcode parseViewerQuery} made of a URL's query. */
export type ViewerQuery =
  | { ok: true; camera: string }
  | { ok: false; message: string };

/**
 * Reads what a viewer asks for in its URL. Fields that mean nothing to us are ignored, as the service
 * before us ignored all of them.
 *
 * @param query the URL's query
 * @param cameras the names of the cameras, the default one first
 */
export function parseViewerQuery(query: URLSearchParams, cameras: readonly string[]): ViewerQuery {
  const [first] = cameras;
  const camera = query.get("camera") ?? first;
  if (camera !== undefined && cameras.includes(camera)) return { ok: true, camera };
  if (first === undefined) return { ok: false, message: "Cannot show camera: there is none yet" };
  const rule = `field 'camera' must be one of ${cameras.map(quote).join(", ")}`;
  return { ok: false, message: `Cannot show camera: ${rule}, got ${quote(camera)}` };
}
