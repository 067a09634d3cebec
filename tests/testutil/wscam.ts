import { assertEquals } from "@std/assert";
import { eventually } from "./eventually.ts";

/** A wscam that really runs, as a process of its own. */
export interface Wscam extends AsyncDisposable {
  /** Its process. */
  readonly pid: number;
  /** The port that it picked. */
  readonly port: number;
  /** Its page, `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Its WebSocket, `ws://127.0.0.1:PORT`. */
  readonly ws: string;
  /** What it has written so far: addresses to stdout, log lines to stderr. */
  readonly output: { stdout: string; stderr: string };
  /** Sends a signal, and waits until it has ended. */
  end(signal?: Deno.Signal): Promise<Deno.CommandStatus>;
}

/** Options of {@linkcode startWscam}. */
export interface StartOptions {
  /** Added to the environment. */
  env?: Record<string, string>;
  /** @default {0} */
  port?: number;
  /** How many descriptors it may have, where that is not what the tests may have. */
  descriptors?: number;
}

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** The command line that runs wscam. */
export function wscamArgs(...args: string[]): string[] {
  return ["run", "-A", "--no-check", MAIN, ...args];
}

/** What a wscam that has ended left behind. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs wscam until it ends. */
export async function runWscam(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ended> {
  const command = new Deno.Command(Deno.execPath(), {
    args: wscamArgs(...args),
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Runs `wscam serve` on a free port of loopback; it must end well when the test is over. */
export async function startWscam(
  args: string[],
  { env = {}, port = 0, descriptors }: StartOptions = {},
): Promise<Wscam> {
  const own = wscamArgs("--host", "127.0.0.1", "--port", String(port), ...args);
  const limited = ["-c", `ulimit -n ${descriptors}; exec "$@"`, "sh", Deno.execPath(), ...own];
  const process = new Deno.Command(descriptors === undefined ? Deno.execPath() : "sh", {
    args: descriptors === undefined ? own : limited,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = { stdout: "", stderr: "" };
  const read = Promise.all((["stdout", "stderr"] as const).map(async (name) => {
    for await (const text of process[name].pipeThrough(new TextDecoderStream())) {
      output[name] += text;
    }
  }));
  let ended = false;
  process.status.then(() => ended = true);

  async function end(signal: Deno.Signal = "SIGTERM"): Promise<Deno.CommandStatus> {
    if (!ended) process.kill(signal);
    const status = await process.status;
    // After SIGKILL, its pipes end with whatever it had started.
    await read;
    return status;
  }

  async function listening(): Promise<number> {
    return await eventually(() => {
      if (ended) throw new Error(`wscam ended: ${output.stderr}`);
      return Number(output.stdout.match(/ws:\/\/127\.0\.0\.1:(\d+)/)?.[1]);
    }, { within: 30_000 });
  }

  let listensOn: number;
  try {
    listensOn = await listening();
  } catch (error) {
    await end("SIGKILL");
    throw error;
  }
  return {
    pid: process.pid,
    port: listensOn,
    url: `http://127.0.0.1:${listensOn}`,
    ws: `ws://127.0.0.1:${listensOn}`,
    output,
    end,
    async [Symbol.asyncDispose]() {
      const wasRunning = !ended;
      const { code } = await end();
      // Windows has no signals: a process is ended there, not asked.
      if (wasRunning && Deno.build.os !== "windows") {
        assertEquals(code, 0, `wscam ended with ${code}: ${output.stderr}`);
      }
    },
  };
}
