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
  /** Whether its value must not be seen by other users of the machine. @default {false} */
  readonly secret?: boolean;
  /** Under which heading the help shows it, where there are headings. */
  readonly group?: OptionGroup;
  /** Whether its value is the path of a file, or of a folder. */
  readonly path?: "file" | "folder";
  /** The words that its value may be, where there are few. */
  readonly choices?: readonly string[];
  /** The values that it takes; any text without it. */
  readonly kind?: Kind<unknown>;
  /** The help's words. */
  readonly help: string;
}

/** The headings of the help, in their order. */
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
