import type { Layer } from "../options/read_options.ts";
import type { ConfigFile, FileKey } from "./config_file.ts";

/** The options of a file; mistakes are added to the file's. */
export function fileLayer({ path, keys, problems }: ConfigFile): Layer {
  const find = (name: string): FileKey =>
    keys.get(name) ?? { name, line: 1, column: 1, values: [] };
  return {
    texts(name) {
      const { values } = find(name);
      return values.length === 0 ? undefined : values.map(({ text }) => text);
    },
    placeOf(name) {
      const { line, column } = find(name);
      return `${path}:${line}:${column}`;
    },
    fail(name, { message }) {
      const { values, ...key } = find(name);
      problems.add(values[0] ?? key, `'${name}' ${message}`);
    },
  };
}
