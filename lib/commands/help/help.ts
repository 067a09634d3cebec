import { GROUPS, type Option } from "../../config/options/option.ts";
import {
  type CommandName,
  isCommandName,
  OPTIONS,
  variableOf,
} from "../../config/options/options.ts";
import { columns, headWidth, type Row } from "./columns.ts";
import { COMMAND_TEXTS } from "./command_texts.ts";

/** The help of a command, or of the program: `wscam --help` and `wscam serve --help` are the same. */
export function commandHelp(command: CommandName): string {
  if (command === "serve") return programHelp();
  const { usage, summary, words = [], examples } = COMMAND_TEXTS[command];
  const options = OPTIONS[command];
  const own = ownOptions(command);
  return [
    `${summary[0]?.toUpperCase()}${summary.slice(1)}.`,
    "",
    `Usage: wscam ${usage}`,
    "",
    ...block("", words),
    ...block("Options", own.map(optionRow)),
    ...(own.length < options.length ? grouped(options) : []),
    ...block("Examples", examples),
  ].join("\n");
}

function programHelp(): string {
  const commands = Object.entries(COMMAND_TEXTS).map(([name, { summary }]): Row => [name, summary]);
  return [
    "wscam puts a webcam on a WebSocket, and on a page for browsers.",
    "",
    "Usage: wscam [COMMAND] [options]",
    "",
    ...block("Commands", [
      ...commands,
      ["help [COMMAND]", "show this, or the help of a command; also COMMAND --help"],
      ["version", "print the version; also -v"],
    ]),
    ...block("Examples", COMMAND_TEXTS.serve.examples),
    ...grouped(OPTIONS.serve),
    "Every option of serve is also an environment variable: --max-clients is",
    `${variableOf("max-clients")}. The option wins.`,
    "",
    "Something doesn't work? wscam doctor",
    "",
  ].join("\n");
}

/** The options under the headings of their groups, in columns of one width. */
function grouped(options: readonly Option[]): string[] {
  const width = headWidth(options.map(optionRow));
  return GROUPS.flatMap((group) => {
    const own = options.filter((option) => option.group === group);
    return own.length === 0 ? [] : [`${group}:`, ...columns(own.map(optionRow), width), ""];
  });
}

function block(title: string, rows: readonly Row[]): string[] {
  if (rows.length === 0) return [];
  return [...(title === "" ? [] : [`${title}:`]), ...columns(rows), ""];
}

/** An option as it is typed, and its help. */
export function optionRow({ name, short, value, help }: Option): Row {
  const letter = short ? `-${short}, ` : "    ";
  return [`${letter}--${name}${value ? ` ${value}` : ""}`, help];
}

/** The options of a command besides those of serve, which `doctor` and `config` take as well. */
export function ownOptions(command: CommandName): readonly Option[] {
  const takesServes = command === "doctor" || command === "config";
  return takesServes ? OPTIONS[command].filter(({ group }) => !group) : OPTIONS[command];
}

/** The command that `wscam help WORD` means; `undefined` if there is none. */
export function helpTopic(word: string | undefined): CommandName | undefined {
  if (word === undefined || word === "help" || word === "version") return "serve";
  return isCommandName(word) ? word : undefined;
}
