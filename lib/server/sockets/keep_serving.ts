import { sleep } from "../../time/sleep.ts";

export interface KeepServingOptions {
  /** Starts a server, on any address or on the given one. */
  serve: (again?: Deno.Addr) => Deno.HttpServer;
  /** Called when it has ended for lack of descriptors. */
  onExhausted: () => void;
}

/** A server that restarts its listener. */
export interface KeptServer {
  /** The address that it listens on. */
  readonly addr: Deno.Addr;
  /** Resolves when it was shut down; rejects when it has ended for another reason. */
  readonly finished: Promise<void>;
  /** Ends it; resolves when all connections are closed, which may be never. */
  shutdown(): Promise<void>;
}

/**
 * The error numbers of "too many open files", in this process and in the whole system (Linux,
 * macOS).
 */
const EXHAUSTED = /os error (23|24)\b/;
/** Connections get this long to close before it listens again. */
const PAUSE_MS = 100;

/**
 * Deno's server ends when there are no descriptors left for a new connection; open connections stay
 * open. This one then listens again on the same address as soon as it can.
 *
 * @throws whatever the first start throws
 */
export function keepServing(options: KeepServingOptions): KeptServer {
  return new Keeper(options);
}

class Keeper implements KeptServer {
  readonly addr: Deno.Addr;
  readonly finished: Promise<void>;
  readonly #options: KeepServingOptions;
  readonly #over = new AbortController();
  readonly #servers: Deno.HttpServer[];

  constructor(options: KeepServingOptions) {
    this.#options = options;
    const first = options.serve();
    this.addr = first.addr;
    this.#servers = [first];
    this.finished = this.#run(first);
    // It may be awaited later.
    this.finished.catch(() => {});
  }

  async shutdown(): Promise<void> {
    this.#over.abort();
    await Promise.allSettled(this.#servers.map((server) => server.shutdown()));
  }

  async #run(first: Deno.HttpServer): Promise<void> {
    for (let server: Deno.HttpServer | undefined = first; server !== undefined;) {
      try {
        return await server.finished;
      } catch (error) {
        if (!isExhausted(error)) throw error;
        this.#options.onExhausted();
      }
      server = await this.#startAgain();
    }
  }

  async #startAgain(): Promise<Deno.HttpServer | undefined> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      await sleep(PAUSE_MS, signal);
      if (signal.aborted) return undefined;
      try {
        const server = this.#options.serve(this.addr);
        this.#servers.push(server);
        return server;
      } catch (error) {
        // Another program may have taken the address meanwhile, and may give it back.
        if (!isExhausted(error) && !(error instanceof Deno.errors.AddrInUse)) throw error;
      }
    }
    return undefined;
  }
}

function isExhausted(error: unknown): boolean {
  return error instanceof Error && EXHAUSTED.test(error.message);
}
