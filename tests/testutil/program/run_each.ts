import { fileURLToPath } from "node:url";
import { V8_FLAGS } from "../../../lib/commands/service/program.ts";
import { run } from "./run.ts";
import type { Ended } from "./wscam.ts";

const EACH_MAIN = fileURLToPath(new URL("./each_main.ts", import.meta.url));

/**
 * Runs wscam with several command lines, one after the other in one process, since starting a
 * process is most of the cost of a short command. Its output goes through the process's own.
 */
export async function runEach(
  lines: readonly (readonly string[])[],
  env: Record<string, string> = {},
): Promise<Ended[]> {
  const mark = `--- ${crypto.randomUUID()} `;
  const args = ["run", "-A", V8_FLAGS, "--no-check", EACH_MAIN, JSON.stringify(lines), mark];
  const { stdout, stderr } = await run(Deno.execPath(), args, env);
  const [said, complained] = [stdout, stderr].map((text) => parts(text, mark));
  if (said?.length !== lines.length) throw new Error(`It must run each: ${stdout}${stderr}`);
  return said.map(({ text, code }, i) => ({
    code,
    stdout: text,
    stderr: complained?.[i]?.text ?? "",
  }));
}

/** The parts of an output, each before a line with the mark and a status. */
function parts(output: string, mark: string): { text: string; code: number }[] {
  const texts = output.split(mark);
  return texts.slice(1).map((after, i) => ({
    code: Number.parseInt(after, 10),
    text: i === 0 ? texts[0] ?? "" : (texts[i] ?? "").replace(/^\d+\n/, ""),
  }));
}
