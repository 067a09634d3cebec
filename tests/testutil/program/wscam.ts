import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { V8_FLAGS } from "../../../lib/commands/service/program.ts";
import { startServerProcess } from "../../../scripts/release/server_process.ts";

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
  /** Its output so far: addresses to stdout, log lines to stderr. */
  readonly output: { stdout: string; stderr: string };
  /** Sends a signal, and waits until it has ended. */
  end(signal?: Deno.Signal): Promise<Deno.CommandStatus>;
}

export interface StartOptions {
  /** Added to the environment. */
  env?: Record<string, string>;
  /** @default {0} */
  port?: number;
  /** Its limit of descriptors, where that is not the tests' own. */
  descriptors?: number;
}

const MAIN = fileURLToPath(new URL("../../../main.ts", import.meta.url));

/** The command line that runs wscam, as the task `start` and services do. */
export function wscamArgs(...args: string[]): string[] {
  return ["run", "-A", V8_FLAGS, "--no-check", MAIN, ...args];
}

/** The status and the output of a wscam that has ended. */
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
  const process = startServerProcess({
    command: descriptors === undefined ? Deno.execPath() : "sh",
    args: descriptors === undefined ? own : limited,
    options: { env: { NO_COLOR: "1", ...env } },
  });
  let listensOn: number;
  try {
    listensOn = await process.port();
  } catch (error) {
    await process.end("SIGKILL");
    throw error;
  }
  const { pid, output, end } = process;
  const s = output.stdout.includes("wss://") ? "s" : "";
  return {
    pid,
    output,
    end,
    port: listensOn,
    url: `http${s}://127.0.0.1:${listensOn}`,
    ws: `ws${s}://127.0.0.1:${listensOn}`,
    async [Symbol.asyncDispose]() {
      const wasRunning = !process.hasEnded;
      const { code } = await end();
      // Windows has no signals: a process is ended there, not asked.
      if (wasRunning && Deno.build.os !== "windows") {
        assertEquals(code, 0, `wscam ended with ${code}: ${output.stderr}`);
      }
    },
  };
}
