import type { Option } from "../../config/options/option.ts";
import { choicesOf, COMPLETABLE, type Completable, FIRST_WORDS } from "./words.ts";

/** The script for fish 3 and later. */
export function fishScript(): string {
  const commands = COMPLETABLE.map(({ name }) => name).filter((name) => name !== "serve");
  // Without a command, serve is meant.
  const serves = `not __fish_seen_subcommand_from help version ${commands.join(" ")}`;
  return [
    "# fish completion for wscam",
    "complete -c wscam -f",
    ...FIRST_WORDS.map(({ word, text }) =>
      `complete -c wscam -n __fish_use_subcommand -a ${word} -d ${quoted(text)}`
    ),
    `complete -c wscam -n '__fish_seen_subcommand_from help' -a ${quoted(commands.join(" "))}`,
    ...COMPLETABLE.flatMap((command) =>
      lines(
        command,
        command.name === "serve" ? serves : `__fish_seen_subcommand_from ${command.name}`,
      )
    ),
    "",
  ].join("\n");
}

function lines({ words, takesFiles, options }: Completable, when: string): string[] {
  const start = `complete -c wscam -n ${quoted(when)}`;
  return [
    ...(takesFiles ? [`${start} -F`] : []),
    ...words.map(({ word, text }) => `${start} -a ${word} -d ${quoted(text)}`),
    `${start} -s h -l help -d 'show how to use it'`,
    ...options.map((option) => {
      const { name, short, value, help } = option;
      const letter = short === undefined ? "" : ` -s ${short}`;
      const takes = value === undefined ? "" : valuesFor(option);
      return `${start}${letter} -l ${name}${takes} -d ${quoted(help)}`;
    }),
  ];
}

/** The values of an option: files, a fixed set of words, or anything. */
function valuesFor(option: Option): string {
  const choices = choicesOf(option);
  const words = choices.length > 0 ? ` -a ${quoted(choices.join(" "))}` : "";
  if (option.path === "folder") return " -x -a '(__fish_complete_directories)'";
  return `${option.path === "file" ? " -r -F" : " -x"}${words}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
