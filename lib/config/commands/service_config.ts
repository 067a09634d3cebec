import { quote } from "../../protocol/quote.ts";
import { type GivenOption, givenOptions } from "../options/given_options.ts";
import { nearest } from "../options/nearest.ts";
import { OPTIONS } from "../options/options.ts";
import type { ConfigFile } from "../file/config_file.ts";
import { loadConfig } from "../file/load_config.ts";
import { asIs } from "../options/values.ts";
import { type Environment, ownVariable, readOptions } from "../options/read_options.ts";
import { UsageError } from "../options/usage_error.ts";
import { parseServe, type ServeConfig } from "./serve_config.ts";

/** The actions of `service`. */
export const SERVICE_ACTIONS = ["install", "uninstall", "status", "print"] as const;

/** One of {@linkcode SERVICE_ACTIONS}. */
export type ServiceAction = typeof SERVICE_ACTIONS[number];

/** The parsed command line of `service`. */
export interface ServiceArguments {
  /** The action. */
  readonly action: ServiceAction;
  /** Whether it is a service of the user instead of the system. */
  readonly user: boolean;
  /** The words after `--`, for `serve`. */
  readonly serveArgs: readonly string[];
  /** The same, by option. */
  readonly given: readonly GivenOption[];
}

/** The configuration of `service`. */
export interface ServiceConfig extends ServiceArguments {
  /** The configuration that the service would serve with. */
  readonly serve: ServeConfig;
  /** The file that '--config' names, if one is given. */
  readonly file: ConfigFile | undefined;
  /** The environment variables that the file refers to: the service has none of ours. */
  readonly variables: Readonly<Record<string, string>>;
  /** The user's folder. */
  readonly home: string;
  /** The folder of the user's settings. */
  readonly configHome: string;
}

/**
 * Parses the arguments of `service`. The service has an environment of its own, so options of
 * `serve` are not looked for in this one.
 *
 * @throws {UsageError} when something is unknown, or an option of `serve` can't be used
 */
export function parseService(
  args: readonly string[],
  env: Environment = ownVariable,
  file?: ConfigFile,
): ServiceConfig {
  const parts = splitService(args);
  const serve = parseServe(parts.serveArgs, () => undefined, file);
  const variables = [...file?.variables ?? []].map((name) => [name, env(name) ?? ""]);
  const home = env("HOME") || "/";
  const configHome = env("XDG_CONFIG_HOME") || `${home}/.config`;
  return { ...parts, serve, file, variables: Object.fromEntries(variables), home, configHome };
}

/**
 * Reads the file that `--config` names among the options of `serve`; its `${NAME}` are taken from
 * our environment.
 *
 * @throws {UsageError} when the action or an option is unknown
 */
export async function loadServiceConfig(
  args: readonly string[],
  env: Environment = ownVariable,
): Promise<ConfigFile | undefined> {
  const path = readOptions("serve", splitService(args).serveArgs).value("config", undefined, asIs);
  return path === undefined ? undefined : await loadConfig(path, env);
}

/**
 * Parses the command line of `service`.
 *
 * @throws {UsageError} when the action or an option is unknown
 */
export function splitService(args: readonly string[]): ServiceArguments {
  const end = args.indexOf("--");
  const own = end === -1 ? args : args.slice(0, end);
  const serveArgs = end === -1 ? [] : args.slice(end + 1);
  againstMisplaced(own);
  const { isOn, rest } = readOptions("service", own, { maxRest: 1 });
  const [word = ""] = rest;
  const action = SERVICE_ACTIONS.find((each) => each === word);
  if (action === undefined) throw new UsageError(actionNeeded(word));
  const takesOptions = action === "install" || action === "print";
  if (!takesOptions && serveArgs.length > 0) {
    throw new UsageError(
      `'service ${action}' takes no options of serve, got ${quote(serveArgs[0])}`,
    );
  }
  return { action, user: isOn("user"), serveArgs, given: givenOptions("serve", serveArgs) };
}

function actionNeeded(word: string): string {
  const known = SERVICE_ACTIONS.join(", ");
  if (word === "") return `'service' needs an action: ${known}`;
  const near = nearest(word, SERVICE_ACTIONS);
  const hint = near === undefined ? `there is ${known}` : `did you mean '${near}'?`;
  return `Unknown action ${quote(word)} of 'service': ${hint}`;
}

/** The likeliest mistake is an option of serve in the place of those of service. */
function againstMisplaced(own: readonly string[]): void {
  const names = (arg: string): boolean =>
    OPTIONS.serve.some(({ name, short }) =>
      arg === `--${name}` || arg.startsWith(`--${name}=`) ||
      short !== undefined && arg.startsWith(`-${short}`)
    );
  const at = own.findIndex(names);
  if (at === -1) return;
  const moved = own.slice(at).map((arg) => /\s/.test(arg) ? `'${arg}'` : arg).join(" ");
  throw new UsageError(
    `${quote(own[at])} is an option of serve; put those after '--': service install -- ${
      quote(moved).slice(1, -1)
    }`,
  );
}
