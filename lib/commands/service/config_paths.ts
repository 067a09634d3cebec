import { FILE_OPTIONS } from "../../config/options/options.ts";
import type { ServiceConfig } from "../../config/commands/service_config.ts";

/** The paths that a service has to read because its file names them. */
export interface ConfigPaths {
  /** Films and programs. */
  readonly files: readonly string[];
  /** Certificates, keys and tokens, which are written anew while it runs. */
  readonly renewed: readonly string[];
}

/** The paths in the file of `--config`. */
export function configPaths({ file, serve: { cameras } }: ServiceConfig): ConfigPaths {
  if (file === undefined) return { files: [], renewed: [] };
  const named = (value: string): string[] =>
    FILE_OPTIONS.filter((option) => option.value === value && option.name !== "state-file")
      .flatMap(({ name }) => file.keys.get(name)?.values.map(({ text }) => text) ?? []);
  const films = cameras.flatMap(({ source }) => source.kind === "file" ? [source.path] : []);
  // A program's bare name is looked for on PATH.
  const programs = named("PATH").filter((path) => path.startsWith("/"));
  return { files: [...films, ...programs], renewed: named("FILE") };
}
