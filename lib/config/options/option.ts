import type { Kind } from "../../protocol/kind.ts";

/** An option of a command. */
export interface Option {
  /** As after `--`. */
  readonly name: string;
  /** One letter, as after `-`. */
  readonly short?: string;
  /** The name of its value in the help; without it, the option is a switch. */
  readonly value?: string;
  /** Whether it may be given more than once. */
  readonly repeat?: boolean;
  /**
   * Whether other users of the machine must not see its value.
   *
   * @default {false}
   */
  readonly secret?: boolean;
  /** The heading of the help that lists it, if there are headings. */
  readonly group?: OptionGroup;
  /** Whether its value is the path of a file or of a folder. */
  readonly path?: "file" | "folder";
  /** Its possible values, if there are only a few. */
  readonly choices?: readonly string[];
  /** The values it accepts; without it, any text. */
  readonly kind?: Kind<unknown>;
  /** The help's words. */
  readonly help: string;
}

/** The headings of the help, in order. */
export const GROUPS = [
  "Cameras",
  "Pictures",
  "Network",
  "Access",
  "Other machines",
  "Program",
] as const;

/** One of {@linkcode GROUPS}. */
export type OptionGroup = typeof GROUPS[number];
