import { STATUS_CODE } from "@std/http/status";
import type { Logger } from "../log.ts";
import type { Channel } from "../stream/channel.ts";
import { keepFreedMemory } from "./allocator.ts";
import { createHandler, plain } from "./handler.ts";
import type { Metrics } from "./metrics.ts";
import { createPage } from "./page.ts";
import { setListenerOptions } from "./socket_options.ts";

/** Where to listen: a TCP address, or a Unix socket's path. */
export type ListenAddress = { hostname: string; port: number } | { path: string };

/** Options of {@linkcode startServer}. */
export interface ServerOptions {
  /** Where to listen; port 0 picks a free one. */
  listen: ListenAddress;
  /** Further viewers get 503. */
  maxClients: number;
  /** Where failures go. */
  log: Logger;
  /** What `GET /metrics` tells. */
  metrics: Metrics;
  /** The program's version, for `GET /state`. */
  version: string;
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
  { listen, maxClients, log, metrics, version }: ServerOptions,
): Promise<Server> {
  const page = await createPage();
  Deno.env.set(...WRITE_IN_PLACE);
  const server = Deno.serve(
    {
      ...listen,
      onListen: () => {},
      onError: (error) => {
        log.error(
          `Cannot answer request: ${error instanceof Error ? error.message : String(error)}`,
        );
        return plain(STATUS_CODE.InternalServerError, "Something went wrong here");
      },
    },
    createHandler(channels, {
      ...{ maxClients, page, metrics, version },
      onLeave: () => freed.giveBackSoon(),
    }),
  );
  const freed = keepFreedMemory();
  const { addr } = server;
  if (addr.transport === "tcp" && !setListenerOptions(addr.port)) {
    log.debug(
      "Slow viewers may see older pictures: the system offers no limit for its send buffer",
    );
  }
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> =>
    closed ??= shutDown(server).finally(() => freed[Symbol.dispose]());
  return { address: addr, finished: server.finished, close, [Symbol.asyncDispose]: close };
}

/** Tells WebSockets with 1001 that it ends. A viewer that takes nothing would keep it waiting for ever. */
async function shutDown(server: Deno.HttpServer): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, CLOSE_MS);
  await Promise.race([server.shutdown(), late]);
  clearTimeout(timer);
}
