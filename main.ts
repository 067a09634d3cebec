/**
 * wscam puts a webcam on a WebSocket: one program captures a camera through ffmpeg, encodes JPEG, and
 * pushes every frame to every viewer on the network.
 *
 * @module
 */
import { cameras } from "./lib/commands/cameras.ts";
import { commandHelp } from "./lib/commands/help.ts";
import { serve } from "./lib/commands/serve.ts";
import { share } from "./lib/commands/share.ts";
import { VERSION } from "./lib/commands/version.ts";
import { watch } from "./lib/commands/watch.ts";
import { parseCameras, parseServe, parseShare, parseWatch } from "./lib/config.ts";
import { nearest } from "./lib/config/nearest.ts";
import { type CommandName, OPTIONS } from "./lib/config/options.ts";
import { UsageError } from "./lib/config/read_options.ts";
import { printable, writeStderr, writeStdout } from "./lib/log.ts";
import { quote } from "./lib/protocol/quote.ts";

/**
 * Runs a command.
 *
 * @returns the exit status: 0 done, 1 failed while running, 2 wrong usage
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    return await run(args);
  } catch (error) {
    writeStderr(`wscam: ${printable(error instanceof Error ? error.message : String(error))}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function run(args: readonly string[]): Promise<number> {
  const [first = ""] = args;
  const command = isCommand(first) ? first : "serve";
  const rest = command === first ? args.slice(1) : args;
  if (rest.includes("--version")) return print(`wscam ${VERSION}\n`);
  if (rest.includes("--help") || rest.includes("-h")) return print(commandHelp(command));
  switch (command) {
    case "serve":
      return await serve(parseServe(rest));
    case "cameras":
      return await cameras(parseCameras(rest));
    case "watch":
      return await watch(parseWatch(rest));
    case "share":
      return await share(parseShare(rest));
  }
}

function isCommand(word: string): word is CommandName {
  if (Object.hasOwn(OPTIONS, word)) return true;
  if (word === "" || word.startsWith("-")) return false;
  const known = nearest(word, Object.keys(OPTIONS));
  const hint = known === undefined ? "see 'wscam --help'" : `did you mean '${known}'?`;
  throw new UsageError(`Unknown command ${quote(word)}: ${hint}`);
}

function print(text: string): number {
  writeStdout(text);
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
