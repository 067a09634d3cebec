import { loadGivenConfig } from "./file/load_config.ts";
import { readText } from "./file/read_text.ts";
import { fileLayer } from "./file/file_layer.ts";
import { type Environment, ownVariable, readOptions } from "./options/read_options.ts";
import { parseServe, type ServeConfig } from "./commands/serve_config.ts";
import { asIs } from "./options/values.ts";

/** The source of the configuration of `serve`, which can be read repeatedly. */
export interface ConfigSource {
  /** Whether any part of it is in a file. */
  readonly hasFiles: boolean;
  /**
   * Reads all of it again.
   *
   * @throws {UsageError} when something can't be used; then nothing has changed
   */
  load(): Promise<ServeConfig>;
  /**
   * The current content of the files, as a text that differs whenever anything in them has changed.
   */
  look(): Promise<string>;
}

/** The options of `serve`, with the files they name: that of `--config`, and a token's. */
export function createConfigSource(
  args: readonly string[],
  env: Environment = ownVariable,
): ConfigSource {
  let paths: string[] = [];
  return {
    get hasFiles() {
      return paths.length > 0;
    },
    async load() {
      const file = await loadGivenConfig("serve", args, env);
      const given = readOptions("serve", args, { env, file: file && fileLayer(file) });
      const names = ["config", "token-file"];
      paths = names.flatMap((name) => given.value(name, undefined, asIs) ?? []);
      return parseServe(args, env, file);
    },
    async look() {
      const texts = paths.map((path) => readText(path).catch(({ message }: Error) => message));
      return JSON.stringify(await Promise.all(texts));
    },
  };
}
