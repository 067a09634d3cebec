import { STATUS_CODE } from "@std/http/status";
import type { Channel } from "../stream/channel.ts";
import type { Logger } from "../log.ts";
import { type AccessOptions, type Grant, guard } from "./access.ts";
import { isWebSocket } from "./access/asking_page.ts";
import { addressText } from "./address_text.ts";
import { listCameras } from "./camera_list.ts";
import type { Client } from "./client.ts";
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
  /** Who may look. */
  access: AccessOptions & { isTls: boolean };
  /** Where it is said that somebody guesses. */
  log: Logger;
  /** Called when a viewer has left. */
  onLeave: () => void;
}

/** Answers requests: looks after the connection, asks who may look, and then where everything is. */
export function createHandler(
  channels: readonly Channel[],
  options: HandlerOptions,
): Deno.ServeHandler<Deno.Addr> {
  const { sweeper, access, log } = options;
  const guarded = new WeakMap<Request, Connection>();
  const answer = createRoutes(channels, options);
  const handle = guard((request, grant, { address }) => {
    const connection = guarded.get(request);
    if (connection === undefined) throw new TypeError("Cannot answer: the request is a stranger");
    return answer(request, grant, { ...connection, address: behind(connection.address, address) });
  }, { ...access, log });
  return (request, info) => {
    const address = addressText(info.remoteAddr);
    const client = sweeper.clientAt(address);
    client.begin();
    const end = (): void => client.end();
    info.completed.then(end, end);
    guarded.set(request, { address, client, isThere: () => sweeper.isThere(address) });
    return handle(request, info);
  };
}

/** What a request came through. */
interface Connection {
  /** Who it is: "192.0.2.5:51234". */
  address: string;
  /** What is known of the connection. */
  client: Client;
  /** Whether it is still there. */
  isThere: () => boolean;
}

/** The address of a client that a trusted proxy speaks for, with the proxy's port: that tells its clients apart. */
function behind(peer: string, address: string | undefined): string {
  const host = address?.includes(":") ? `[${address}]` : address;
  return host === undefined || peer.startsWith(`${host}:`)
    ? peer
    : `${host}:${peer.match(/\d+$/)?.[0] ?? 0}`;
}

function createRoutes(
  channels: readonly Channel[],
  { seats, sockets, page, metrics, version, onLeave }: HandlerOptions,
): (request: Request, grant: Grant, connection: Connection) => Response | Promise<Response> {
  return (request, grant, { address, client, isThere }) => {
    const { camera } = grant;
    const shown = camera === undefined ? channels : channels.filter(({ name }) => name === camera);
    const url = new URL(request.url);
    const refused = refuseLarge(url, request.headers);
    if (refused !== undefined) return plain(refused.status, refused.text);
    if (request.method !== "GET" && request.method !== "HEAD") {
      return plain(STATUS_CODE.MethodNotAllowed, "Only GET is answered here", ALLOW_HEADERS);
    }
    if (isWebSocket(request.headers)) {
      const refusal = seats.refusal(address);
      if (refusal !== undefined) return full(refusal);
      return acceptViewer(request, {
        ...{ channels: shown, sockets, seats, client, onLeave, address, grant, isThere },
        query: url.searchParams,
        readState: () => readState(shown, version),
      });
    }
    switch (url.pathname) {
      case "/":
        return page();
      case "/cameras":
        return Response.json(listCameras(shown));
      case "/state":
        return Response.json(readState(shown, version));
      case "/healthz":
        return healthResponse(shown);
      case "/metrics":
        return metrics.response(shown);
      default:
        return plain(
          STATUS_CODE.NotFound,
          "Not found: the page is at /, the cameras are at /cameras",
        );
    }
  };
}

const ALLOW_HEADERS = { allow: "GET, HEAD" };

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
