/**
 * wscam puts a webcam on a WebSocket: one program captures a camera through ffmpeg, encodes JPEG, and
 * pushes every frame to every viewer on the network.
 *
 * @module
 */
import { VERSION } from "./lib/commands/version.ts";
import { parseCameras } from "./lib/config/commands/cameras_config.ts";
import { explainConfig } from "./lib/config/explain_config.ts";
import { ConfigFileError } from "./lib/config/file/config_file.ts";
import { loadGivenConfig } from "./lib/config/file/load_config.ts";
import { createConfigSource } from "./lib/config/config_source.ts";
import { parseDoctor } from "./lib/config/commands/doctor_config.ts";
import { nearest } from "./lib/config/options/nearest.ts";
import { takeNotify } from "./lib/config/commands/notify_config.ts";
import { type CommandName, isCommandName, OPTIONS } from "./lib/config/options/options.ts";
import { meantAsCamera } from "./lib/config/options/meant_as_camera.ts";
import { readOptions } from "./lib/config/options/read_options.ts";
import { UsageError } from "./lib/config/options/usage_error.ts";
import { loadServiceConfig, parseService } from "./lib/config/commands/service_config.ts";
import { parsePush } from "./lib/config/commands/push_config.ts";
import { parseShare } from "./lib/config/commands/share_config.ts";
import { againstUnknownVariables } from "./lib/config/options/unknown_variables.ts";
import { parseWatch } from "./lib/config/commands/watch_config.ts";
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
    // Mistakes in a file are lines that begin with their position, so that editors can jump there.
    const name = error instanceof ConfigFileError ? "" : "wscam: ";
    for (const line of message.split("\n")) {
      writeStderr(`${name}${hideSecrets(printable(line))}`);
    }
    return error instanceof UsageError ? 2 : 1;
  }
}

async function run(args: readonly string[]): Promise<number> {
  const [first = ""] = args;
  if (first === "help") return await help(args.slice(1));
  if (first === "version") return print(`wscam ${VERSION}\n`);
  const command = commandOf(first);
  const rest = command === first ? args.slice(1) : args;
  if (rest.some((arg) => VERSION_OPTIONS.has(arg))) return print(`wscam ${VERSION}\n`);
  if (rest.includes("--help") || rest.includes("-h")) return await help([command]);
  if (!WITHOUT_VARIABLES.has(command)) {
    againstUnknownVariables(Object.keys(Deno.env.toObject()));
  }
  return await COMMANDS[command](rest);
}

type Command = (args: readonly string[]) => Promise<number>;

/** Each is loaded on demand: a server on a small machine has no room for the doctor. */
const COMMANDS: Readonly<Record<CommandName, Command>> = {
  async serve(args) {
    const source = createConfigSource(args);
    const config = await source.load();
    const seen = await source.look();
    const notify = takeNotify();
    const { serve } = await import("./lib/commands/serve.ts");
    return await serve({ config, source, seen, notify });
  },
  async cameras(args) {
    const { cameras } = await import("./lib/commands/cameras.ts");
    return await cameras(parseCameras(args));
  },
  async watch(args) {
    const { watch } = await import("./lib/commands/watch.ts");
    return await watch(parseWatch(args));
  },
  async push(args) {
    const { push } = await import("./lib/commands/push.ts");
    return await push(parsePush(args));
  },
  async doctor(args) {
    const { doctor } = await import("./lib/commands/doctor.ts");
    const file = await loadGivenConfig("doctor", args);
    return await doctor(parseDoctor(args, undefined, file));
  },
  async service(args) {
    const { service } = await import("./lib/commands/service.ts");
    return await service(parseService(args, undefined, await loadServiceConfig(args)));
  },
  async share(args) {
    const { share } = await import("./lib/commands/share.ts");
    return await share(parseShare(args));
  },
  async config(args) {
    const { inForce } = await import("./lib/commands/config.ts");
    const file = await loadGivenConfig("config", args);
    return print(inForce(explainConfig(args, undefined, file)));
  },
  async completion(args) {
    const { completionScript } = await import("./lib/commands/completion/completion.ts");
    return print(completionScript(args));
  },
  async man(args) {
    readOptions("man", args);
    const { manPage } = await import("./lib/commands/help/man_page.ts");
    return print(manPage(VERSION));
  },
};

const VERSION_OPTIONS: ReadonlySet<string> = new Set(["--version", "-v", "-V"]);

/** Commands to which no variable of ours means anything: a shell completes whatever it has exported. */
const WITHOUT_VARIABLES: ReadonlySet<CommandName> = new Set([
  "watch",
  "service",
  "completion",
  "man",
]);

async function help([word, ...more]: readonly string[]): Promise<number> {
  const { commandHelp, helpTopic } = await import("./lib/commands/help/help.ts");
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
  const hint = known === undefined ? undefined : `did you mean '${known}'?`;
  return new UsageError(
    `Unknown command ${quote(word)}: ${hint ?? meantAsCamera(word) ?? "see 'wscam help'"}`,
  );
}

function print(text: string): number {
  writeStdout(text);
  return 0;
}

if (import.meta.main) {
  quietLibraries();
  Deno.exit(await main(Deno.args));
}
