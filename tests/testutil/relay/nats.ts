import { eventually } from "../eventually.ts";

/** A nats-server that really runs, as a process of its own. */
export interface Nats extends AsyncDisposable {
  /** The port that it listens on, also after it was started again. */
  readonly port: number;
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** Its process. */
  readonly pid: number;
  /** Ends it with a signal, and waits until it has. */
  end(signal?: Deno.Signal): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
}

/**
 * An unused port on loopback. It lies below the range from which the system assigns ports, so that
 * no concurrent test gets it.
 */
export function freePort(): number {
  for (;;) {
    const port = 10_000 + Math.floor(20_000 * Math.random());
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

/**
 * Starts a nats-server on loopback.
 *
 * @param config Lines for its configuration file.
 */
export async function startNats(config = ""): Promise<Nats> {
  const port = freePort();
  const file = await Deno.makeTempFile({ suffix: ".conf" });
  await Deno.writeTextFile(file, `host: "127.0.0.1"\nport: ${port}\n${config}\n`);
  let process: Deno.ChildProcess;
  let hasEnded = true;
  async function start(): Promise<void> {
    const child = new Deno.Command("nats-server", {
      args: ["-c", file],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    process = child;
    hasEnded = false;
    void child.status.then(() => hasEnded = true);
    await eventually(() => {
      if (hasEnded) throw new Error("nats-server ended");
      return answers(port);
    }, { what: "nats-server to listen" });
  }
  async function end(signal: Deno.Signal = "SIGKILL"): Promise<void> {
    if (!hasEnded) process.kill(signal);
    await process.status;
  }
  await start();
  return {
    port,
    host: `127.0.0.1:${port}`,
    get pid() {
      return process.pid;
    },
    start,
    end,
    async [Symbol.asyncDispose]() {
      await end();
      await Deno.remove(file);
    },
  };
}

async function answers(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}
