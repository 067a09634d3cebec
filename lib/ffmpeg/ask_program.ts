import { Child, HUNG_GRACE_MS } from "./child.ts";

/** A program that hangs, or never ends its output, gets no more than this. */
const TIMEOUT_MS = 5000;
const MAX_ANSWER = 64 * 1024;

/** Why a program's output is incomplete. */
export type Problem = "missing" | "not executable" | "hangs";

/** A shell's exit status for a command that it can't find, and for one that it can't run. */
const PROBLEMS = new Map<number, Problem>([[127, "missing"], [126, "not executable"]]);

/** Says what is wrong with a program, in words that follow its name. */
export function problemWords(problem: Problem): string {
  return problem === "hangs" ? "doesn't answer" : `is ${problem}`;
}

/** A program's answer. */
export interface ProgramAnswer {
  /** Its stdout, followed by the end of its stderr. */
  text: string;
  /** Whether it could be run, and whether it ended in time. */
  problem: Problem | undefined;
}

export interface AskOptions {
  /** Ends the asking. */
  signal?: AbortSignal | undefined;
  /**
   * How long it may run, in milliseconds.
   *
   * @default {5000}
   */
  timeoutMs?: number;
}

/** Runs a program for its output, with bounded time and memory. It never outlives wscam. */
export async function askProgram(
  command: string,
  args: readonly string[],
  { signal, timeoutMs = TIMEOUT_MS }: AskOptions = {},
): Promise<ProgramAnswer> {
  if (signal?.aborted) return { text: "", problem: undefined };
  let child: Child;
  try {
    child = new Child(command, args);
  } catch (error) {
    const isMissing = error instanceof Deno.errors.NotFound;
    return { text: "", problem: isMissing ? "missing" : "not executable" };
  }
  let isLate = false;
  const end = (): void => void reader.cancel().catch(() => {});
  const reader = child.stdout.getReader();
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, timeoutMs);
  signal?.addEventListener("abort", end);
  const answer = await readSome(reader);
  clearTimeout(timer);
  signal?.removeEventListener("abort", end);
  end();
  await child.close(isLate ? HUNG_GRACE_MS : undefined);
  const problem = isLate ? "hangs" : PROBLEMS.get(await child.exited);
  return { text: [answer, ...child.lastWords].join("\n"), problem };
}

async function readSome(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  while (text.length < MAX_ANSWER) {
    const { value } = await reader.read();
    if (value === undefined) break;
    text += decoder.decode(value, { stream: true });
  }
  return text;
}
