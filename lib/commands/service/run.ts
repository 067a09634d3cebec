/** The result of a program. */
export interface Outcome {
  /** Its exit status; 127 if the program doesn't exist. */
  readonly code: number;
  /** Its stdout. */
  readonly stdout: string;
  /** Its stderr. */
  readonly stderr: string;
}

/** Runs a program to its end. */
export type Run = (command: string, args: readonly string[]) => Promise<Outcome>;

const NOT_FOUND = 127;

/** Runs a program of the system; its questions can't be answered. */
export async function runProgram(command: string, args: readonly string[]): Promise<Outcome> {
  try {
    const output = await new Deno.Command(command, { args: [...args], stdin: "null" }).output();
    const decoder = new TextDecoder();
    const [stdout, stderr] = [decoder.decode(output.stdout), decoder.decode(output.stderr)];
    return { code: output.code, stdout, stderr };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { code: NOT_FOUND, stdout: "", stderr: `there is no ${command}` };
  }
}

/**
 * Runs a program that must succeed.
 *
 * @param action what can't be done if it fails
 * @returns its stdout
 * @throws {Error} with its command line, its status and its last words
 */
export async function mustRun(
  run: Run,
  [command, ...args]: readonly [string, ...string[]],
  action: string,
): Promise<string> {
  const { code, stdout, stderr } = await run(command, args);
  if (code === 0) return stdout;
  const words = stderr.trim().split("\n").slice(-3).join("; ") || "no words";
  throw new Error(
    `Cannot ${action}: '${[command, ...args].join(" ")}' ended with ${code}: ${words}`,
  );
}
