import { STATUS_CODE } from "@std/http/status";
import type { Logger } from "../log.ts";
import type { Channel } from "../stream/channel.ts";
import { type AccessOptions, type Answer, guard } from "./access.ts";
import { isWebSocket } from "./access/asking_page.ts";
import { addSecurityHeaders } from "./access/security_headers.ts";
import { keepFreedMemory } from "./allocator.ts";
import { listCameras } from "./camera_list.ts";
import { createPage } from "./page.ts";
import { serveHttp } from "./serve_http.ts";
import { setListenerOptions } from "./socket_options.ts";
import type { TlsFiles } from "./tls/certificate.ts";
import { acceptViewer } from "./websocket.ts";

/** Where to listen: a TCP address, or a Unix socket's path. */
export type ListenAddress = { hostname: string; port: number } | { path: string };

/** Options of {@linkcode startServer}. */
export interface ServerOptions {
  /** Where to listen; port 0 picks a free one. */
  listen: ListenAddress;
  /** Further viewers get 503. */
  maxClients: number;
  /** Who may look. @default {everybody on the local network} */
  access?: AccessOptions;
  /** For https and wss. @default {none} */
  tls?: TlsFiles | undefined;
  /** Where failures go. */
  log: Logger;
}

/** Everything that viewers connect to. */
export interface Server extends AsyncDisposable {
  /** Where it listens. */
  readonly address: Deno.Addr;
  /** Resolves when it has ended, for whatever reason. */
  readonly finished: Promise<void>;
  /** Tells viewers that it ends (1001), and ends. */
  close(): Promise<void>;
}

/**
 * Deno reads this when it opens its first WebSocket: it then hands a message to the system where it lies,
 * instead of copying it behind its header first, into a buffer that stays as large as the largest message.
 * A third of what a viewer costs, and most of its memory.
 */
const WRITE_IN_PLACE = ["DENO_USE_WRITEV", "1"] as const;

/** Viewers get this long to answer our close. */
const CLOSE_MS = 1000;

/**
 * Serves the page and the cameras' pictures on one port.
 *
 * @param channels the cameras, the default one first
 * @throws {Deno.errors.AddrInUse} and others, when it can't listen
 */
export async function startServer(
  channels: readonly Channel[],
  { listen, maxClients, access = {}, tls, log }: ServerOptions,
): Promise<Server> {
  const page = await createPage();
  Deno.env.set(...WRITE_IN_PLACE);
  const handler = createHandler(channels, {
    maxClients,
    page,
    onLeave: () => freed.giveBackSoon(),
  });
  const server = await serveHttp(guard(handler, { ...access, isTls: tls !== undefined, log }), {
    ...{ listen, tls, log },
    onError: (error) => {
      log.error(`Cannot answer request: ${error instanceof Error ? error.message : String(error)}`);
      const answer = plain(STATUS_CODE.InternalServerError, "Something went wrong here");
      addSecurityHeaders(answer, { url: null, page: undefined, rule: { kind: "local" } });
      return answer;
    },
    onListen: (addr) => {
      if (addr.transport === "tcp" && !setListenerOptions(addr.port)) {
        log.debug(
          "Slow viewers may see older pictures: the system offers no limit for its send buffer",
        );
      }
    },
  });
  const freed = keepFreedMemory();
  const { addr } = server;
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> =>
    closed ??= shutDown(server).finally(() => freed[Symbol.dispose]());
  return { address: addr, finished: server.finished, close, [Symbol.asyncDispose]: close };
}

/** Tells WebSockets with 1001 that it ends. A viewer that takes nothing would keep it waiting for ever. */
async function shutDown(server: Pick<Deno.HttpServer, "shutdown">): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, CLOSE_MS);
  await Promise.race([server.shutdown(), late]);
  clearTimeout(timer);
}

interface HandlerOptions {
  maxClients: number;
  page: () => Response;
  /** Called when a viewer has left. */
  onLeave: () => void;
}

/** Answers a request: where everything is. */
function createHandler(
  channels: readonly Channel[],
  { maxClients, page, onLeave }: HandlerOptions,
): Answer {
  const connections = new Set<WebSocket>();
  return (request, grant) => {
    const { camera } = grant;
    const shown = camera === undefined ? channels : channels.filter(({ name }) => name === camera);
    // A client may send any 'Host', and an address that is none.
    const url = URL.parse(request.url);
    if (url === null) {
      return plain(
        STATUS_CODE.BadRequest,
        "Cannot read request: its address or 'Host' is malformed",
      );
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      return plain(STATUS_CODE.MethodNotAllowed, "Only GET is answered here", ALLOW_HEADERS);
    }
    if (isWebSocket(request.headers)) {
      if (connections.size >= maxClients) return tooMany(maxClients);
      const query = url.searchParams;
      return acceptViewer(request, {
        ...{ channels: shown, connections, maxClients, query, onLeave, grant },
      });
    }
    switch (url.pathname) {
      case "/":
        return page();
      case "/cameras":
        return Response.json(listCameras(shown));
      default:
        return plain(
          STATUS_CODE.NotFound,
          "Not found: the page is at /, the cameras are at /cameras",
        );
    }
  };
}

const ALLOW_HEADERS = { allow: "GET, HEAD" };

function tooMany(maxClients: number): Response {
  const text = `Already ${maxClients} viewers are connected, which is the limit ('--max-clients')`;
  return plain(STATUS_CODE.ServiceUnavailable, text, { "retry-after": "5" });
}

function plain(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(`${text}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", ...headers },
  });
}
