import { FILE_OPTIONS } from "../../config/options/options.ts";
import type { ServiceConfig } from "../../config/commands/service_config.ts";

/** The paths named in the configuration file that a service has to read. */
export interface ConfigPaths {
  /** Films and programs. */
  readonly files: readonly string[];
  /** Certificates, keys and tokens, which are replaced while it runs. */
  readonly renewed: readonly string[];
}

/** The paths in the file of `--config`. */
export function configPaths({ file, serve: { cameras } }: ServiceConfig): ConfigPaths {
  if (file === undefined) return { files: [], renewed: [] };
  const named = (value: string): string[] =>
    FILE_OPTIONS.filter((option) => option.value === value && option.name !== "state-file")
      .flatMap(({ name }) => file.keys.get(name)?.values.map(({ text }) => text) ?? []);
  const films = cameras.flatMap(({ source }) => source.kind === "file" ? [source.path] : []);
  // A bare program name is looked up on PATH.
  const programs = named("PATH").filter((path) => path.startsWith("/"));
  return { files: [...films, ...programs], renewed: named("FILE") };
}
