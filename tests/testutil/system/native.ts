import { fileURLToPath } from "node:url";
import { cacheDir } from "./cache_dir.ts";

/**
 * Compiles a C program, or finds the one that an earlier call, test process or run compiled from
 * the same source with the same flags.
 *
 * @param source A C file of `tests/testutil`, such as `attack/load/wsload.c`.
 * @param flags Further flags for the compiler; libraries last.
 * @returns The path of the program.
 * @throws {Error} If the compiler fails, with its words.
 */
export async function buildNative(source: string, flags: readonly string[]): Promise<string> {
  const path = fileURLToPath(new URL(`../${source}`, import.meta.url));
  const command = ["-O2", path, ...flags];
  const key = await sha256(`${command.join(" ")}\n${await Deno.readTextFile(path)}`);
  const dir = cacheDir();
  const built = `${dir}/${key}`;
  if (await exists(built)) return built;
  await Deno.mkdir(dir, { recursive: true });
  // Others may be compiling the same: each into a file of its own, and the last rename wins.
  const own = `${built}.${crypto.randomUUID()}`;
  const { success, stderr } = await new Deno.Command("cc", { args: ["-o", own, ...command] })
    .output();
  if (!success) {
    const reason = new TextDecoder().decode(stderr).trim();
    throw new Error(`Cannot compile ${source}: cc ${command.join(" ")} failed: ${reason}`);
  }
  await Deno.rename(own, built);
  return built;
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex();
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
