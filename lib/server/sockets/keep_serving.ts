import { sleep } from "../../time/sleep.ts";

/** Options of {@linkcode keepServing}. */
export interface KeepServingOptions {
  /** Starts a server, on an address of its choice or the one that it is given. */
  serve: (again?: Deno.Addr) => Deno.HttpServer;
  /** Called when it has ended for want of descriptors. */
  onExhausted: () => void;
}

/** A server that goes on. */
export interface KeptServer {
  /** The address that it listens on. */
  readonly addr: Deno.Addr;
  /** Resolves when it was shut down; rejects when it has ended otherwise. */
  readonly finished: Promise<void>;
  /** Ends it; resolves when all connections are closed, which may be never. */
  shutdown(): Promise<void>;
}

/** The numbers of "too many open files", here and in the whole system (Linux, macOS). */
const EXHAUSTED = /os error (23|24)\b/;
/** Connections have this long to go away before it listens again. */
const PAUSE_MS = 100;

/**
 * Deno's server ends when there are no descriptors left for a new connection; those that are open stay
 * open. This one then listens again on the same address, as soon as it can.
 *
 * @throws what the first start throws
 */
export function keepServing({ serve, onExhausted }: KeepServingOptions): KeptServer {
  const over = new AbortController();
  const first = serve();
  const servers = [first];
  const finished = run();
  // Somebody may ask for it later.
  finished.catch(() => {});

  async function run(): Promise<void> {
    for (let server: Deno.HttpServer | undefined = first; server !== undefined;) {
      try {
        return await server.finished;
      } catch (error) {
        if (!isExhausted(error)) throw error;
        onExhausted();
      }
      server = await startAgain();
    }
  }

  async function startAgain(): Promise<Deno.HttpServer | undefined> {
    while (!over.signal.aborted) {
      await sleep(PAUSE_MS, over.signal);
      if (over.signal.aborted) return undefined;
      try {
        const server = serve(first.addr);
        servers.push(server);
        return server;
      } catch (error) {
        // Another program may have taken the address meanwhile, and give it back.
        if (!isExhausted(error) && !(error instanceof Deno.errors.AddrInUse)) throw error;
      }
    }
    return undefined;
  }

  return {
    addr: first.addr,
    finished,
    async shutdown() {
      over.abort();
      await Promise.allSettled(servers.map((server) => server.shutdown()));
    },
  };
}

function isExhausted(error: unknown): boolean {
  return error instanceof Error && EXHAUSTED.test(error.message);
}
