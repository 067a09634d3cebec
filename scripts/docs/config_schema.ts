/**
 * Writes docs/config.schema.json from the table of options: `deno task docs`.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { configSchema } from "../../lib/config/file/config_schema.ts";

/** The file that is written. */
export const SCHEMA_FILE: string = fileURLToPath(
  new URL("../../docs/config.schema.json", import.meta.url),
);

if (import.meta.main) {
  await Deno.writeTextFile(SCHEMA_FILE, `${JSON.stringify(configSchema(), null, 2)}\n`);
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", SCHEMA_FILE],
  }).output();
  if (!success) Deno.exit(1);
}
