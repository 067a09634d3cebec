import { errorIn, runDeno } from "./run_deno.ts";

/** The program's start, and the worker, which is started by its address: no import leads to it. */
const PROGRAM = "main.ts";
const WORKER = "lib/encoder/jpeg/scale_worker.ts";
/** Its native code is found by its place in the package. */
const KEPT_APART = "imagescript";
const FLAGS = ["--quiet", "--no-check", "--platform", "deno", "--minify", "--external", KEPT_APART];

/** The files of a bundle that are compiled, by their paths in its folder. */
export interface Bundle {
  /** The module that starts the program. */
  main: string;
  /** Others that nothing imports. */
  included: readonly string[];
}

/**
 * Puts the program's modules, and the packages that they import, into a few files: one for each part that is loaded at
 * a time. Deno keeps what is embedded in memory, each module with its comments once more as JavaScript, and a map between the two.
 *
 * @param sources The folder with the program and `deno.json`.
 * @param out The folder that gets the files.
 * @throws {Error} When Deno can't, in its words.
 */
export async function bundle(sources: string, out: string): Promise<Bundle> {
  const parts = ["--code-splitting", "--outdir", out, PROGRAM];
  // The program looks for it beside itself, by the name that it has among the sources.
  const [worker = ""] = WORKER.split("/").slice(-1);
  for (const own of [parts, ["--output", `${out}/${worker}`, WORKER]]) {
    const { success, stderr } = await runDeno(["bundle", ...FLAGS, ...own], { cwd: sources });
    if (!success) throw new Error(`Cannot bundle ${own.at(-1)}: ${errorIn(stderr)}`);
  }
  return { main: PROGRAM.replace(/ts$/, "js"), included: [worker] };
}
