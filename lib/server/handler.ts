import { STATUS_CODE } from "@std/http/status";
import { quote } from "../protocol/quote.ts";
import { parseQuery } from "../protocol/viewer_settings.ts";
import type { Channel } from "../stream/channel.ts";
import { addressText } from "./address_text.ts";
import { plain } from "./answers.ts";
import { listCameras } from "./camera_list.ts";
import { healthResponse } from "./health.ts";
import { STREAM_HEADERS, type StreamOptions, streamResponse } from "./mjpeg.ts";
import type { Metrics } from "./metrics.ts";
import { readState } from "./state.ts";
import { refuseLarge } from "./request_limits.ts";
import type { Seats } from "./seats.ts";
import type { Sweeper } from "./sweeper.ts";
import { snapshotResponse } from "./snapshot.ts";
import { acceptViewer } from "./websocket.ts";

/** Options of {@linkcode createHandler}. */
export interface HandlerOptions {
  /** Who may watch. */
  seats: Seats;
  /** What ends each viewer's connection when the server does; kept up to date here. */
  goodbyes: Set<() => void>;
  /** Who looks after connections. */
  sweeper: Pick<Sweeper, "clientAt" | "isThere">;
  /** Answers with the viewer page. */
  page: () => Response;
  /** What `GET /metrics` tells. */
  metrics: Metrics;
  /** The program's version. */
  version: string;
  /** Called when a viewer has left. */
  onLeave: () => void;
}

/** Answers requests: where everything is. */
export function createHandler(
  channels: readonly Channel[],
  { seats, goodbyes, sweeper, page, metrics, version, onLeave }: HandlerOptions,
): Deno.ServeHandler {
  return (request, { remoteAddr, completed }) => {
    const address = addressText(remoteAddr);
    const client = sweeper.clientAt(address);
    client.begin();
    const end = (): void => client.end();
    completed.then(end, end);
    // A client may send any 'Host', and an address that is none.
    const url = URL.parse(request.url);
    if (url === null) {
      return plain(
        STATUS_CODE.BadRequest,
        "Cannot read request: its address or 'Host' is malformed",
      );
    }
    const refused = refuseLarge(url, request.headers);
    if (refused !== undefined) return plain(refused.status, refused.text);
    if (request.method !== "GET" && request.method !== "HEAD") {
      return plain(STATUS_CODE.MethodNotAllowed, "Only GET is answered here", ALLOW_HEADERS);
    }
    if (request.headers.get("upgrade")?.toLowerCase() === "websocket") {
      const refusal = seats.refusal(address);
      if (refusal !== undefined) return full(refusal);
      return acceptViewer(request, {
        ...{ channels, goodbyes, seats, client, onLeave, address, query: url.searchParams },
        isThere: () => sweeper.isThere(address),
        readState: () => readState(channels, version),
      });
    }
    const viewer = { channels, seats, goodbyes, address, onLeave };
    switch (pathOf(url)) {
      case "/":
        return page();
      case "/stream":
      case "/snapshot":
        return pictures(request, url, viewer);
      case "/cameras":
        return Response.json(listCameras(channels), { headers: LIST_HEADERS });
      case "/state":
        return Response.json(readState(channels, version), { headers: LIST_HEADERS });
      case "/healthz":
        return healthResponse(channels);
      case "/metrics":
        return metrics.response(channels);
      default:
        return plain(
          STATUS_CODE.NotFound,
          "Not found: the page is at /, the cameras are at /cameras, pictures at /stream and /snapshot",
        );
    }
  };
}

const ALLOW_HEADERS = { allow: "GET, HEAD" };

/** The list names no secrets; a page opened from a file asks for it as well. */
const LIST_HEADERS = { "access-control-allow-origin": "*", "cache-control": "no-store" };

/** The names that mjpg-streamer and OctoPrint use are understood as well. */
function pathOf({ pathname, searchParams }: URL): string {
  const aliases: Record<string, string> = {
    "/stream.mjpg": "/stream",
    "/snapshot.jpg": "/snapshot",
    "/?stream": "/stream",
    "/?snapshot": "/snapshot",
  };
  const action = pathname === "/" ? searchParams.get("action") : null;
  const path = action === null ? pathname : `/?${action}`;
  return Object.hasOwn(aliases, path) ? aliases[path] ?? path : pathname;
}

/** A stream of pictures or a single one. */
function pictures(
  request: Request,
  url: URL,
  viewer: StreamOptions,
): Response | Promise<Response> {
  const { channels, seats, address } = viewer;
  const wanted = parseQuery(url.searchParams);
  if (!wanted.ok) return plain(STATUS_CODE.BadRequest, `Cannot use address: ${wanted.message}`);
  const { settings } = wanted;
  const names = channels.map(({ name }) => name);
  const channel = channels.find(({ name }) => name === (settings.camera ?? names[0]));
  if (channel === undefined) {
    const rule = `'camera' must be one of ${names.map(quote).join(", ")}`;
    return plain(STATUS_CODE.NotFound, `No such camera: ${rule}, got ${quote(settings.camera)}`);
  }
  const refusal = seats.refusal(address);
  if (refusal !== undefined) return full(refusal);
  if (pathOf(url) === "/snapshot") return snapshotResponse(request, channel, { settings, address });
  if (request.method === "HEAD") return new Response(null, { headers: STREAM_HEADERS });
  return streamResponse(settings, viewer);
}

function full(text: string): Response {
  return plain(STATUS_CODE.ServiceUnavailable, text, { "retry-after": "5" });
}
