import { STATUS_CODE } from "@std/http/status";
import { quote } from "../protocol/quote.ts";
import { parseQuery } from "../protocol/viewer_settings.ts";
import type { Channel } from "../stream/channel.ts";
import type { Logger } from "../log.ts";
import { type AccessOptions, guard } from "./access/access.ts";
import type { Grant } from "./access/decision.ts";
import { isWebSocket } from "./access/asking_page.ts";
import { addressText } from "./sockets/address_text.ts";
import { plain } from "./answers.ts";
import { listCameras } from "./camera_list.ts";
import type { Client } from "./sockets/client.ts";
import { healthResponse } from "./health.ts";
import { STREAM_HEADERS, type StreamOptions, streamResponse } from "./mjpeg.ts";
import type { Metrics } from "./metrics/metrics.ts";
import { readState } from "./state.ts";
import { refuseLarge } from "./request_limits.ts";
import type { Seats } from "./seats.ts";
import type { Sweeper } from "./sockets/sweeper.ts";
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
  /** Whether cameras come and go. */
  hasChangingCameras: boolean;
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
  const handle = guard((request, grant, { url, address }) => {
    const connection = guarded.get(request);
    if (connection === undefined) throw new TypeError("Cannot answer: the request is a stranger");
    return answer(request, grant, {
      ...{ ...connection, url },
      address: behind(connection.address, address),
    });
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
  options: HandlerOptions,
): (
  request: Request,
  grant: Grant,
  about: Connection & { url: URL },
) => Response | Promise<Response> {
  const { seats, goodbyes, version, hasChangingCameras, onLeave } = options;
  const curious = new Set<() => void>();
  return (request, grant, { url, address, client, isThere }) => {
    const { camera } = grant;
    // A guest's camera may come after the guest.
    const visible = (): readonly Channel[] =>
      camera === undefined ? channels : channels.filter(({ name }) => name === camera);
    const refused = refuseLarge(url, request.headers);
    if (refused !== undefined) return plain(refused.status, refused.text);
    if (request.method !== "GET" && request.method !== "HEAD") {
      return plain(STATUS_CODE.MethodNotAllowed, "Only GET is answered here", ALLOW_HEADERS);
    }
    if (isWebSocket(request.headers)) {
      const refusal = seats.refusal(address);
      if (refusal !== undefined) return full(refusal);
      return acceptViewer(request, {
        ...{ channels: visible, hasChangingCameras, goodbyes, curious, seats, client, onLeave },
        ...{ address, grant, isThere, query: url.searchParams },
        readState: () => {
          const state = readState(visible(), version);
          // A guest need not know who else watches.
          return camera === undefined ? state : { ...state, viewers: [] };
        },
      });
    }
    const path = pathOf(url);
    if (path !== "/stream" && path !== "/snapshot") return words(path, visible(), options);
    const viewer = { channels: visible(), seats, goodbyes, address, client, onLeave };
    return pictures(request, { path, query: url.searchParams }, viewer);
  };
}

/** Everything but pictures. */
function words(
  path: string,
  channels: readonly Channel[],
  { page, metrics, version, hasChangingCameras }: HandlerOptions,
): Response {
  switch (path) {
    case "/":
      return page();
    case "/cameras":
      return Response.json(listCameras(channels), hasChangingCameras ? REFRESHED : {});
    case "/state":
      return Response.json(readState(channels, version));
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
}

/** After so many seconds the page looks which cameras there are now. */
const REFRESHED = { headers: { "x-refresh": "3" } };
const ALLOW_HEADERS = { allow: "GET, HEAD" };

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
  { path, query }: { path: "/stream" | "/snapshot"; query: URLSearchParams },
  viewer: StreamOptions,
): Response | Promise<Response> {
  const { channels, seats, address } = viewer;
  const wanted = parseQuery(query);
  if (!wanted.ok) return plain(STATUS_CODE.BadRequest, `Cannot use address: ${wanted.message}`);
  const { settings } = wanted;
  const names = channels.map(({ name }) => name);
  const channel = channels.find(({ name }) => name === (settings.camera ?? names[0]));
  if (channel === undefined) {
    if (names.length === 0) return plain(STATUS_CODE.NotFound, "No such camera: there is none yet");
    const rule = `'camera' must be one of ${names.map(quote).join(", ")}`;
    return plain(STATUS_CODE.NotFound, `No such camera: ${rule}, got ${quote(settings.camera)}`);
  }
  const refusal = seats.refusal(address);
  if (refusal !== undefined) return full(refusal);
  if (path === "/snapshot") {
    return snapshotResponse(request, channel, { query, settings, address });
  }
  if (request.method === "HEAD") return new Response(null, { headers: STREAM_HEADERS });
  return streamResponse(settings, viewer);
}

function full(text: string): Response {
  return plain(STATUS_CODE.ServiceUnavailable, text, { "retry-after": "5" });
}
