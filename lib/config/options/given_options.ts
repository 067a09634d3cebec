import type { Option } from "./option.ts";
import { type CommandName, OPTIONS } from "./options.ts";
import { readOptions } from "./read_options.ts";

/**
 * An option that was given, with its values: none for a switch, several for one that was repeated.
 */
export interface GivenOption {
  /** The option. */
  readonly option: Option;
  /** As they were typed. */
  readonly values: readonly string[];
}

/**
 * The options that were given to a command, in the order of the help. The environment is ignored.
 *
 * @throws {UsageError} when an option is unknown
 */
export function givenOptions(command: CommandName, args: readonly string[]): GivenOption[] {
  const { values, isOn } = readOptions(command, args);
  return OPTIONS[command].flatMap((option): GivenOption[] => {
    if (option.value === undefined) return isOn(option.name) ? [{ option, values: [] }] : [];
    const typed = values(option.name, (texts) => texts);
    return typed.length > 0 ? [{ option, values: typed }] : [];
  });
}
