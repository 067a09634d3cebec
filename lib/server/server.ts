import { STATUS_CODE } from "@std/http/status";
import type { Logger } from "../log.ts";
import { atMostEvery } from "../time/at_most_every.ts";
import type { Cameras } from "../stream/cameras.ts";
import { type AccessOptions, Guard } from "./access/access.ts";
import { addSecurityHeaders } from "./access/security_headers.ts";
import { type Connections, keepConnections } from "./connections.ts";
import { maxConnections } from "./sockets/descriptors.ts";
import { plain } from "./answers.ts";
import { untilEncoded } from "./pictures/placeholder.ts";
import { createHandler } from "./handler.ts";
import { LargePictures } from "./websocket/large_pictures.ts";
import type { Metrics } from "./metrics/metrics.ts";
import type { KeptServer } from "./sockets/keep_serving.ts";
import { type ListenAddress, serveHttp, type ServeHttpOptions } from "./sockets/serve_http.ts";
import { setListenerOptions } from "./sockets/socket_options.ts";
import { Floods } from "./sockets/floods.ts";
import type { TlsFiles } from "./tls/certificate.ts";
import { type ConnectionLimits, LIMITS } from "./sockets/verdict.ts";

export interface ServerOptions {
  /** The address to listen on; port 0 picks a free one. */
  listen: ListenAddress;
  /** Further viewers get 503. */
  maxClients: number;
  /**
   * The access rules.
   *
   * @default {everybody on the local network}
   */
  access?: AccessOptions;
  /**
   * The certificate for https and wss.
   *
   * @default {none}
   */
  tls?: TlsFiles | undefined;
  /** Takes failures. */
  log: Logger;
  /** The metrics for `GET /metrics`. */
  metrics: Metrics;
  /** The program's version, for `GET /state`. */
  version: string;
  /** Limits of connections. @default {LIMITS} */
  limits?: Partial<ConnectionLimits>;
}

/** Everything that viewers connect to. */
export interface Server extends AsyncDisposable {
  /** The address that it listens on. */
  readonly address: Deno.Addr;
  /** Resolves when it has ended, for whatever reason. */
  readonly finished: Promise<void>;
  /** Applies other access rules from now on. Viewers stay, unless they need another token now. */
  update(changed: { access: AccessOptions; maxClients: number }): void;
  /** Closes all viewers' connections (1001), and ends. */
  close(): Promise<void>;
}

/**
 * Deno reads this when it opens its first WebSocket. It then passes a message to the system without
 * copying it behind its header first, into a buffer that would stay as large as the largest
 * message. This saves a third of a viewer's cost, and most of its memory.
 */
const WRITE_IN_PLACE = ["DENO_USE_WRITEV", "1"] as const;

/** A client that takes all descriptors could trigger this ten times a second. */
const WARN_EVERY_MS = 60_000;

/**
 * Viewers get this long to answer our close, and then the system gets this long to end the rest.
 */
const GOODBYE_MS = 300;
const CLOSE_MS = 600;

/**
 * Serves the page and the cameras' pictures on one port.
 *
 * @param cameras the cameras to serve
 * @throws {Deno.errors.AddrInUse} and others, when it can't listen
 */
export async function startServer(cameras: Cameras, options: ServerOptions): Promise<Server> {
  const { access = {}, tls, log, limits, metrics, version } = options;
  Deno.env.set(...WRITE_IN_PLACE);
  const onError = createErrorAnswer(log);
  const most = maxConnections(cameras.all.length);
  // The first request, and the first excess connection, come later than all that follows.
  const http = await openPort((request, info) => handle(request, info), {
    ...options,
    tls,
    onError,
    onExhausted: () => connections.sweeper.hurry(),
  });
  const connections = keepConnections(cameras, { ...options, addr: http.addr, most });
  const { viewers, sweeper } = connections;
  const guard = new Guard({ ...access, isTls: tls !== undefined, log });
  const handle = createHandler(cameras, {
    sweeper,
    guard,
    onError,
    parts: {
      viewers,
      largePictures: new LargePictures(log),
      floods: new Floods(),
      page: createLazyPage(),
      metrics,
      version,
      pingMs: limits?.pingMs ?? LIMITS.pingMs,
    },
  });
  return new RunningServer(http, { ...connections, guard, token: access.token });
}

/** The page, loaded on demand: many servers only have programs as viewers. */
function createLazyPage(): () => Promise<Response> {
  let page: Promise<() => Response> | undefined;
  return async () => {
    page ??= import("./page/page.ts").then(({ createPage }) => createPage());
    return (await page)();
  };
}

/** Listens, and warns if a socket option could not be set. */
function openPort(
  handler: Deno.ServeHandler<Deno.Addr>,
  { listen, tls, log, onError, onExhausted }: Omit<ServeHttpOptions, "onListen">,
): Promise<KeptServer> {
  const warn = atMostEvery(WARN_EVERY_MS, log.warn);
  return serveHttp(handler, {
    listen,
    tls,
    log,
    onError,
    onListen: (addr) => {
      if (addr.transport !== "tcp" || setListenerOptions(addr.port)) return;
      log.debug(
        "Slow viewers may see older pictures: this system can't limit its send buffer",
      );
    },
    onExhausted: () => {
      onExhausted();
      warn(
        "Too many open files, listening again: raise the limit ('ulimit -n'). More: wscam doctor",
      );
    },
  });
}

class RunningServer implements Server {
  readonly #http: KeptServer;
  readonly #connections: Connections;
  readonly #guard: Guard;
  #token: string | undefined;
  #closed: Promise<void> | undefined;

  constructor(
    http: KeptServer,
    { guard, token, ...connections }: Connections & { guard: Guard; token: string | undefined },
  ) {
    this.#http = http;
    this.#connections = connections;
    this.#guard = guard;
    this.#token = token;
  }

  get address(): Deno.Addr {
    return this.#http.addr;
  }

  get finished(): Promise<void> {
    return this.#http.finished;
  }

  update({ access, maxClients }: { access: AccessOptions; maxClients: number }): void {
    const { viewers } = this.#connections;
    this.#guard.update(access);
    viewers.limit(maxClients);
    // Current viewers used the old token, or came before there was one.
    if (access.token !== undefined && access.token !== this.#token) void viewers.endAll("token");
    this.#token = access.token;
  }

  close(): Promise<void> {
    return this.#closed ??= this.#shutDown();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Closes all viewers' connections. A viewer that reads nothing would block this for ever. */
  async #shutDown(): Promise<void> {
    const { viewers, sweeper, stopKeeping } = this.#connections;
    // Deno's 'shutdown' breaks off WebSockets, even those whose close is still under way.
    await atMost(GOODBYE_MS, viewers.endAll());
    await atMost(CLOSE_MS - GOODBYE_MS, this.#http.shutdown());
    sweeper.endAll();
    stopKeeping();
    await untilEncoded();
  }
}

/** The response to a request whose handler failed. */
function createErrorAnswer(log: Logger): (error: unknown) => Response {
  return (error) => {
    log.error(`Cannot answer request: ${error instanceof Error ? error.message : String(error)}`);
    const answer = plain(STATUS_CODE.InternalServerError, "The server has failed to answer this");
    addSecurityHeaders(answer, { page: undefined, rule: { kind: "local" } });
    return answer;
  };
}

/** Waits for a promise, but no longer than this, in milliseconds. */
async function atMost(ms: number, done: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([done, late]);
  clearTimeout(timer);
}
