import { SOURCE_WORDS } from "../../camera/source_kinds.ts";
import type { Option } from "../../config/options/option.ts";
import { type CommandName, OPTIONS } from "../../config/options/options.ts";
import { COMMAND_TEXTS } from "../help/command_texts.ts";

/** A word of the command line, and its meaning. */
export interface Word {
  /** The word itself. */
  readonly word: string;
  /** Its effect, on one line. */
  readonly text: string;
}

/** The words that can follow the name of a command. */
export interface Completable {
  /** Its name. */
  readonly name: CommandName;
  /** Its arguments besides options. */
  readonly words: readonly Word[];
  /** Whether its other arguments are files. */
  readonly takesFiles: boolean;
  /** Its options. */
  readonly options: readonly Option[];
}

/** The possible first words. */
export const FIRST_WORDS: readonly Word[] = [
  ...Object.entries(COMMAND_TEXTS).map(([word, { summary }]) => ({ word, text: summary })),
  { word: "help", text: "show the help of a command" },
  { word: "version", text: "print the version" },
];

/** The supported shells. */
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

/** One of {@linkcode SHELLS}. */
export type Shell = typeof SHELLS[number];

/** The words that can follow each command. */
export const COMPLETABLE: readonly Completable[] = (Object.keys(OPTIONS) as CommandName[]).map(
  (name) => ({
    name,
    words: wordsOf(name),
    takesFiles: name === "push",
    options: OPTIONS[name],
  }),
);

function wordsOf(name: CommandName): Word[] {
  if (name === "completion") return SHELLS.map((word) => ({ word, text: `for ${word}` }));
  if (name !== "service") return [];
  return (COMMAND_TEXTS.service.words ?? []).map(([word, text]) => ({ word, text }));
}

/** The names of an option, as they are typed. */
export function spellings({ name, short }: Option): string[] {
  return short === undefined ? [`--${name}`] : [`-${short}`, `--${name}`];
}

/** The possible values of an option, if there is a fixed set. */
export function choicesOf({ name, value, choices = [] }: Option): readonly string[] {
  return name === "camera" && value === "SOURCE" ? SOURCE_WORDS : choices;
}
