/** A server under test. */
export interface ServerProcess extends AsyncDisposable {
  /** Its process. */
  readonly pid: number;
  /** Its output so far. */
  readonly output: { stdout: string; stderr: string };
  /** Whether it has ended. */
  readonly hasEnded: boolean;
  /** Resolves to the port that it prints. */
  port(): Promise<number>;
  /** Sends a signal (SIGTERM by default), and waits until it has ended with all its children. */
  end(signal?: Deno.Signal): Promise<Deno.CommandStatus>;
}

/** How to run it, in the form of `Deno.Command`. */
export interface ServerCommand {
  /** Its path. */
  command: string;
  /** All arguments. */
  args: readonly string[];
  /** Folder and environment. */
  options: Pick<Deno.CommandOptions, "cwd" | "clearEnv" | "env">;
}

const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 5;

/** Starts a server that prints its address to stdout. */
export function startServerProcess({ command, args, options }: ServerCommand): ServerProcess {
  const process = new Deno.Command(command, {
    ...options,
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = { stdout: "", stderr: "" };
  const read = readOutput(process, output);
  let hasEnded = false;
  const status = process.status.finally(() => hasEnded = true);
  async function end(signal: Deno.Signal = "SIGTERM"): Promise<Deno.CommandStatus> {
    if (!hasEnded) process.kill(signal);
    const timer = setTimeout(() => hasEnded || process.kill("SIGKILL"), PATIENCE_MS);
    const result = await status;
    clearTimeout(timer);
    await untilClosed(read);
    return result;
  }
  return {
    pid: process.pid,
    output,
    get hasEnded() {
      return hasEnded;
    },
    end,
    port: () => printedPort(output, () => hasEnded),
    async [Symbol.asyncDispose]() {
      // A caller that disposes of it early has seen a worse error.
      await end("SIGKILL").catch(() => {});
    },
  };
}

async function readOutput(
  process: Deno.ChildProcess,
  output: ServerProcess["output"],
): Promise<void> {
  await Promise.all((["stdout", "stderr"] as const).map(async (name) => {
    for await (const text of process[name].pipeThrough(new TextDecoderStream())) {
      output[name] += text;
    }
  }));
}

/** Its pipes stay open until its last child has ended. */
async function untilClosed(read: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("It left a process behind")), PATIENCE_MS);
  await Promise.race([read, promise]).finally(() => clearTimeout(timer));
}

async function printedPort(
  output: ServerProcess["output"],
  hasEnded: () => boolean,
): Promise<number> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!hasEnded() && performance.now() < deadline) {
    const [, port] = output.stdout.match(/wss?:\/\/127\.0\.0\.1:(\d+)/) ?? [];
    if (port !== undefined) return Number(port);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error(`It must print its address: ${output.stdout}${output.stderr}`);
}
