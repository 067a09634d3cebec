import type { Logger } from "../../log.ts";
import { keepServing, type KeptServer } from "./keep_serving.ts";
import { endListener } from "./socket_options.ts";
import { type KeyPair, readKeyPair, type TlsFiles } from "../tls/certificate.ts";
import { watchKeyPair } from "../tls/watch_key_pair.ts";

/** An address to listen on: TCP, or a Unix socket's path. */
export type ListenAddress = { hostname: string; port: number } | { path: string };

export interface ServeHttpOptions {
  /** The address to listen on. */
  listen: ListenAddress;
  /** The certificate for https and wss, if they are wanted. */
  tls: TlsFiles | undefined;
  /** Takes trouble with certificates. */
  log: Logger;
  /** Answers a request whose handler failed. */
  onError: (error: unknown) => Response;
  /** Called when it listens, and each time it listens again. */
  onListen: (address: Deno.Addr) => void;
  /** Called when there were no descriptors left for a new connection. */
  onExhausted: () => void;
}

/** Viewers get this long to answer a close. */
const CLOSE_MS = 1000;

/**
 * Serves HTTP, or HTTPS. A replaced certificate file is picked up without disconnecting viewers:
 * Deno can't change a listener's certificate, so another listener takes over.
 *
 * @throws {Error} when the certificate can't be used, or it can't listen
 */
export async function serveHttp(
  handler: Deno.ServeHandler<Deno.Addr>,
  { listen, tls, log, onError, onListen, onExhausted }: ServeHttpOptions,
): Promise<KeptServer> {
  const startOnce = (where: ListenAddress, pair?: KeyPair): Deno.HttpServer => {
    const secret = pair === undefined ? {} : { cert: pair.cert, key: pair.key };
    // With a path, it is a Unix socket: Deno has a separate type for each.
    const options = { ...where, ...secret, onListen: () => {}, onError } as Deno.ServeTcpOptions;
    const server = Deno.serve(options, handler as Deno.ServeHandler<Deno.NetAddr>);
    onListen(server.addr);
    return server;
  };
  const start = (where: ListenAddress, pair?: KeyPair): KeptServer =>
    keepServing({
      serve: (again) => startOnce(again === undefined ? where : listenAgain(again), pair),
      onExhausted,
    });
  if (tls === undefined) return start(listen);
  const pair = await readKeyPair(tls);
  if (pair.problem !== undefined) log.error(pair.problem);
  return renewing(start(listen, pair), {
    restart: (addr, pair) => start({ hostname: addr.hostname, port: addr.port }, pair),
    watch: (onChange) => watchKeyPair(tls, { pair, log, onChange }),
    log,
  });
}

interface RenewOptions {
  restart: (address: Deno.NetAddr, pair: KeyPair) => KeptServer;
  watch: (onChange: (pair: KeyPair) => void) => AsyncDisposable;
  log: Logger;
}

/** Successive servers on the same address. */
function renewing(
  first: KeptServer,
  { restart, watch, log }: RenewOptions,
): KeptServer {
  const address = first.addr as Deno.NetAddr;
  const old: KeptServer[] = [];
  let current: KeptServer | undefined = first;
  let isEnding = false;
  const { promise: finished, resolve, reject } = Promise.withResolvers<void>();
  const follow = (server: KeptServer): void => {
    const end = (settle: () => void) => () => server === current ? settle() : undefined;
    server.finished.then(end(resolve), (error) => end(() => reject(error))());
  };
  follow(first);
  const watcher = watch(async (pair) => {
    const replaced = current;
    if (replaced === undefined || isEnding) return;
    old.push(replaced);
    current = undefined;
    try {
      // On systems other than Linux, viewers have to reconnect.
      if (!endListener(address.port)) await patiently(replaced.shutdown());
      if (isEnding) return;
      follow(current = restart(address, pair));
      log.info("The certificate was replaced: new connections use the new one");
    } catch (error) {
      reject(error);
    }
  });
  return {
    addr: address,
    finished,
    async shutdown() {
      isEnding = true;
      await watcher[Symbol.asyncDispose]();
      await Promise.all([...old, current].map((server) => server?.shutdown()));
    },
  };
}

/** A viewer that reads nothing would block this for ever; the listener is gone at once. */
async function patiently(shutdown: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, CLOSE_MS);
  await Promise.race([shutdown, late]);
  clearTimeout(timer);
}

/** The address of a server that has ended. */
function listenAgain(address: Deno.Addr): ListenAddress {
  if (address.transport === "tcp") return { hostname: address.hostname, port: address.port };
  if (address.transport !== "unix") {
    throw new TypeError("Cannot listen again: the address is unknown");
  }
  // Its old socket may still be there and block the path.
  try {
    Deno.removeSync(address.path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return { path: address.path };
}
