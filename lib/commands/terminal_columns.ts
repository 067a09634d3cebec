import { HELP_WIDTH } from "./help/columns.ts";

/** The width of the terminal that shows stdout; `undefined` if stdout is a file or a pipe. */
export function terminalColumns(): number | undefined {
  if (!Deno.stdout.isTerminal()) return undefined;
  // A container's terminal has no size at first.
  return Deno.consoleSize().columns || HELP_WIDTH;
}
