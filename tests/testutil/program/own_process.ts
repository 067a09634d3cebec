import { run } from "./run.ts";

/**
 * Runs TypeScript in a process of its own, and reads what it prints as JSON. Test files run beside each other in one
 * process: its memory, its environment, its umask and its descriptors belong to all of them.
 *
 * @param script The text of a module, without an import map.
 * @param env Added to the environment.
 * @throws {Error} when it fails, with its words
 */
export async function inOwnProcess<T = unknown>(
  script: string,
  env: Record<string, string> = {},
): Promise<T> {
  const args = ["eval", "--no-config", "--ext=ts", script];
  const { code, stdout, stderr } = await run(Deno.execPath(), args, env);
  if (code !== 0) throw new Error(`It ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}
