import { loadConfig } from "../../../lib/config/file/load_config.ts";
import { parseServe, type ServeConfig } from "../../../lib/config/commands/serve_config.ts";

export interface ParseFileOptions {
  args?: string[];
  env?: Record<string, string>;
}

/** The configuration of `serve` with a file; its mistakes begin with `FILE`. */
export async function parseFile(
  content: string | Uint8Array,
  { args = [], env = {} }: ParseFileOptions = {},
): Promise<ServeConfig> {
  const path = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, content);
    const variable = (name: string): string | undefined => env[name];
    return parseServe(args, variable, await loadConfig(path, variable));
  } catch (error) {
    if (error instanceof Error) error.message = error.message.replaceAll(path, "FILE");
    throw error;
  } finally {
    await Deno.remove(path);
  }
}
