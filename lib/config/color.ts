import { type Environment, ownVariable } from "./options/read_options.ts";

/** An output that may show colours, like `Deno.stdout` and `Deno.stderr`. */
export interface ColorStream {
  /** Whether it is a terminal. */
  isTerminal(): boolean;
}

/**
 * Whether output to a stream has colours: on a terminal, unless `NO_COLOR` or `TERM` says
 * otherwise.
 */
export function hasColor(
  stream: ColorStream,
  env: Environment = ownVariable,
): boolean {
  return stream.isTerminal() && !env("NO_COLOR") && env("TERM") !== "dumb";
}
