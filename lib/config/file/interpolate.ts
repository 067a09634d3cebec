import type { Environment } from "../options/read_options.ts";

/** Matches `${NAME}`, and malformed attempts at it. `$${` stands for `${`. */
const REFERENCE = /\$(\$?)\{([^}]*)(\}?)/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export interface InterpolateOptions {
  /** The environment. */
  env: Environment;
  /** Called for each variable that is looked up. */
  onVariable: (name: string) => void;
}

/**
 * Replaces each `${NAME}` by the environment's value.
 *
 * @throws {RangeError} when there is no such variable, or no name in the braces
 */
export function interpolate(text: string, { env, onVariable }: InterpolateOptions): string {
  return text.replace(REFERENCE, (whole, isEscaped: string, name: string, end: string) => {
    if (isEscaped !== "") return whole.slice(1);
    if (end === "" || !NAME.test(name)) {
      throw new RangeError("must have a variable's name in '${NAME}'; '$${' stands for '${'");
    }
    onVariable(name);
    const value = env(name);
    if (value !== undefined) return value;
    throw new RangeError(`must have a value for '\${${name}}': there is no variable ${name}`);
  });
}
