import { type Environment, ownVariable } from "./options/read_options.ts";

/** An output whose lines may have colours, as `Deno.stdout` and `Deno.stderr`. */
export interface ColorStream {
  /** Whether somebody looks at it. */
  isTerminal(): boolean;
}

/** Whether text for a stream has colours: on a terminal, unless `NO_COLOR` or `TERM` says otherwise. */
export function hasColor(
  stream: ColorStream,
  env: Environment = ownVariable,
): boolean {
  return stream.isTerminal() && !env("NO_COLOR") && env("TERM") !== "dumb";
}
