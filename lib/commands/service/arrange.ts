import { redactUrl } from "../../camera/address.ts";
import { parseCamera } from "../../camera/camera_spec.ts";
import { redactUrls } from "../../log/secrets.ts";
import type { GivenOption } from "../../config/options/given_options.ts";
import type { Option } from "../../config/options/option.ts";
import { variableOf } from "../../config/options/options.ts";
import { splitSettings } from "../../config/source_settings.ts";
import { splitValues } from "../../config/options/read_options.ts";
import { UsageError } from "../../config/options/usage_error.ts";
import { quote } from "../../protocol/quote.ts";

/** The options of `serve` in the form that a service needs. */
export interface Arranged {
  /** Options that everybody may see, on the command line. */
  readonly args: readonly string[];
  /** Secrets: variables that only the service can read. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Files that it must be able to read. */
  readonly files: readonly string[];
  /**
   * Files that may belong to root alone and are replaced while it runs: certificates, keys, tokens.
   */
  readonly renewed: readonly string[];
}

/**
 * Sorts options by who may see them: other users can see a command line, so passwords go elsewhere.
 *
 * @throws {UsageError} when an option works in a shell but not in a service
 */
export function arrange(given: readonly GivenOption[]): Arranged {
  const args: string[] = [];
  const files: string[] = [];
  const renewed: string[] = [];
  const secrets: Record<string, string> = {};
  for (const { option, values } of given) {
    const { name } = option;
    for (const value of values) againstControl(name, value);
    const paths = pathsOf({ option, values });
    for (const path of paths) againstRelative(name, path);
    if (option.value === "FILE" && name !== "state-file") renewed.push(...paths);
    else if (name !== "unix" && name !== "state-file") files.push(...paths);
    if (option.secret || values.some((value) => hasPassword(name, value))) {
      secrets[variableOf(name)] = joined(option, values);
    } else if (option.value === undefined) args.push(`--${name}`);
    else args.push(...values.map((value) => `--${name}=${value}`));
  }
  return { args, secrets, files, renewed };
}

/** Whether a value is or contains a URL with a user, a password or a key in its query. */
function hasPassword(name: string, value: string): boolean {
  if (name !== "camera") return redactUrl(value) !== value;
  const { source } = parseCamera(splitSettings(value).source);
  if (source.kind === "relay") return source.broker.user !== undefined;
  return source.kind === "url" && redactUrl(source.url) !== source.url;
}

/**
 * Paths in an option's values: video files among cameras, and options that take a path or a file.
 */
function pathsOf({ option, values }: GivenOption): string[] {
  if (option.name === "camera") {
    return values.flatMap((value) => {
      const { source } = parseCamera(splitSettings(value).source);
      return source.kind === "file" ? [source.path] : [];
    });
  }
  // A bare program name is looked up on PATH.
  if (option.name === "ffmpeg") return values.filter((value) => /[/\\]/.test(value));
  return option.value === "PATH" || option.value === "FILE" ? [...values] : [];
}

function againstRelative(name: string, path: string): void {
  if (/^(\/|\\\\|[a-z]:[/\\])/i.test(path)) return;
  throw new UsageError(
    `A service has no working folder: '--${name}' must have a whole path, got ${quote(path)}`,
  );
}

function againstControl(name: string, value: string): void {
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  if (!/[\u0000-\u001f\u007f]/.test(value)) return;
  throw new UsageError(
    `A service's options are stored as lines of text: '--${name}' has a control character in ${
      quote(value)
    }`,
  );
}

/** In a variable, commas separate values. */
function joined({ name, repeat }: Option, values: readonly string[]): string {
  const text = values.join(",");
  if (!repeat || splitValues(name, text).join("\n") === values.join("\n")) return text;
  const odd = values.find((value) => value.includes(",")) ?? text;
  throw new UsageError(
    `'--${name}' has a password, so it is stored in a variable, where commas separate values: there is one too many in ${
      quote(redactUrls(odd))
    }`,
  );
}
