/** How Deno is run. */
export interface RunDenoOptions {
  /** The folder that it is run in. */
  cwd: string;
  /** Which Deno. @default {Deno.execPath()} */
  command?: string;
  /** Added to the environment. @default {{}} */
  env?: Record<string, string>;
}

/** The result of a run. */
export interface DenoOutput {
  /** Whether it did what it should. */
  success: boolean;
  /** Its results. */
  stdout: string;
  /** Its messages. */
  stderr: string;
}

/** Runs Deno until it ends. */
export async function runDeno(
  args: string[],
  { cwd, command = Deno.execPath(), env = {} }: RunDenoOptions,
): Promise<DenoOutput> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args,
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { success, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** The error in Deno's messages, without the files that it lists before and the stack after. */
export function errorIn(stderr: string): string {
  const [text = ""] = stderr.slice(Math.max(0, stderr.indexOf("error: "))).split(
    "Stack backtrace:",
  );
  return text.trim();
}
