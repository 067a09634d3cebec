import { STATUS_CODE } from "@std/http/status";
import type { Channel } from "../stream/channel.ts";
import { addressText } from "./address_text.ts";
import { listCameras } from "./camera_list.ts";
import { healthResponse } from "./health.ts";
import type { Metrics } from "./metrics.ts";
import { readState } from "./state.ts";
import { refuseLarge } from "./request_limits.ts";
import type { Seats } from "./seats.ts";
import type { Sweeper } from "./sweeper.ts";
import { acceptViewer } from "./websocket.ts";

/** Options of {@linkcode createHandler}. */
export interface HandlerOptions {
  /** Who may watch. */
  seats: Seats;
  /** The WebSockets that are open; kept up to date here. */
  sockets: Set<WebSocket>;
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
  { seats, sockets, sweeper, page, metrics, version, onLeave }: HandlerOptions,
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
        ...{ channels, sockets, seats, client, onLeave, address, query: url.searchParams },
        isThere: () => sweeper.isThere(address),
        readState: () => readState(channels, version),
      });
    }
    switch (url.pathname) {
      case "/":
        return page();
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
          "Not found: the page is at /, the cameras are at /cameras",
        );
    }
  };
}

const ALLOW_HEADERS = { allow: "GET, HEAD" };

/** The list names no secrets; a page opened from a file asks for it as well. */
const LIST_HEADERS = { "access-control-allow-origin": "*", "cache-control": "no-store" };

function full(text: string): Response {
  return plain(STATUS_CODE.ServiceUnavailable, text, { "retry-after": "5" });
}

/** An answer in words. */
export function plain(
  status: number,
  text: string,
  headers: Record<string, string> = {},
): Response {
  return new Response(`${text}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", ...headers },
  });
}
