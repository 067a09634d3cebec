/**
 * Runs `main()` with one command line after another, for {@linkcode runEach}.
 *
 * @module
 */
import { main } from "../../../main.ts";
import { quietLibraries } from "../../../lib/log.ts";

const [lines = "[]", mark = ""] = Deno.args;
const encoder = new TextEncoder();
quietLibraries();
for (const args of JSON.parse(lines)) {
  const end = encoder.encode(`${mark}${await main(args)}\n`);
  Deno.stdout.writeSync(end);
  Deno.stderr.writeSync(end);
}
Deno.exit();
