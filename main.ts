/**
 * wscam puts a webcam on a WebSocket: one program captures a camera through ffmpeg, encodes JPEG, and
 * pushes every frame to every viewer on the network.
 *
 * @module
 */
import { inForce } from "./lib/commands/config.ts";
import { cameras } from "./lib/commands/cameras.ts";
import { doctor } from "./lib/commands/doctor.ts";
import { completionScript } from "./lib/commands/completion/completion.ts";
import { commandHelp, helpTopic } from "./lib/commands/help/help.ts";
import { manPage } from "./lib/commands/help/man_page.ts";
import { service } from "./lib/commands/service.ts";
import { share } from "./lib/commands/share.ts";
import { VERSION } from "./lib/commands/version.ts";
import { watch } from "./lib/commands/watch.ts";
import { parseCameras } from "./lib/config/cameras_config.ts";
import { explainConfig } from "./lib/config/explain_config.ts";
import { ConfigFileError } from "./lib/config/file/config_file.ts";
import { loadGivenConfig } from "./lib/config/file/load_config.ts";
import { parseDoctor } from "./lib/config/doctor_config.ts";
import { nearest } from "./lib/config/nearest.ts";
import { takeNotify } from "./lib/config/notify_config.ts";
import { type CommandName, isCommandName, OPTIONS } from "./lib/config/options.ts";
import { readOptions, UsageError } from "./lib/config/read_options.ts";
import { parseServe } from "./lib/config/serve_config.ts";
import { parseService } from "./lib/config/service_config.ts";
import { parseShare } from "./lib/config/share_config.ts";
import { againstUnknownVariables } from "./lib/config/unknown_variables.ts";
import { parseWatch } from "./lib/config/watch_config.ts";
import { printable, quietLibraries, writeStderr, writeStdout } from "./lib/log.ts";
import { hideSecrets } from "./lib/log/secrets.ts";
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
    const message = error instanceof Error ? error.message : String(error);
    // Mistakes in a file are lines that begin with their place, for editors to go there.
    const name = error instanceof ConfigFileError ? "" : "wscam: ";
    for (const line of message.split("\n")) {
      writeStderr(`${name}${hideSecrets(printable(line))}`);
    }
    return error instanceof UsageError ? 2 : 1;
  }
}

async function run(args: readonly string[]): Promise<number> {
  const [first = ""] = args;
  if (first === "help") return help(args.slice(1));
  if (first === "version") return print(`wscam ${VERSION}\n`);
  const command = commandOf(first);
  const rest = command === first ? args.slice(1) : args;
  if (rest.some((arg) => VERSION_OPTIONS.has(arg))) return print(`wscam ${VERSION}\n`);
  if (rest.includes("--help") || rest.includes("-h")) return print(commandHelp(command));
  // The others read no variables.
  if (command !== "watch" && command !== "service") {
    againstUnknownVariables(Object.keys(Deno.env.toObject()));
  }
  switch (command) {
    case "serve": {
      const file = await loadGivenConfig("serve", rest);
      const config = parseServe(rest, undefined, file);
      const notify = takeNotify();
      // Loaded when it is needed: doctor can tell of an encoder that does not load.
      const { serve } = await import("./lib/commands/serve.ts");
      return await serve(config, notify);
    }
    case "cameras":
      return await cameras(parseCameras(rest));
    case "watch":
      return await watch(parseWatch(rest));
    case "doctor":
      return await doctor(
        parseDoctor(rest, undefined, await loadGivenConfig("doctor", rest)),
      );
    case "service":
      return await service(parseService(rest));
    case "share":
      return await share(parseShare(rest));
    case "config": {
      const file = await loadGivenConfig("config", rest);
      return print(inForce(explainConfig(rest, undefined, file)));
    }
    case "completion":
      return print(completionScript(rest));
    case "man":
      readOptions("man", rest);
      return print(manPage(VERSION));
  }
}

const VERSION_OPTIONS: ReadonlySet<string> = new Set(["--version", "-v", "-V"]);

function help([word, ...more]: readonly string[]): number {
  const topic = helpTopic(word);
  if (topic !== undefined && more.length === 0) return print(commandHelp(topic));
  throw unknownCommand([word, ...more].join(" "));
}

function commandOf(word: string): CommandName {
  if (isCommandName(word)) return word;
  if (word === "" || word.startsWith("-")) return "serve";
  throw unknownCommand(word);
}

function unknownCommand(word: string): UsageError {
  const known = nearest(word, [...Object.keys(OPTIONS), "help", "version"]);
  const hint = known === undefined ? "see 'wscam help'" : `did you mean '${known}'?`;
  return new UsageError(`Unknown command ${quote(word)}: ${hint}`);
}

function print(text: string): number {
  writeStdout(text);
  return 0;
}

if (import.meta.main) {
  quietLibraries();
  Deno.exit(await main(Deno.args));
}
