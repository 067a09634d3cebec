import { GROUPS, type Option } from "../../config/options/option.ts";
import { type CommandName, OPTIONS, variableOf } from "../../config/options/options.ts";
import { COMMAND_TEXTS, type CommandText } from "./command_texts.ts";
import { optionRow, ownOptions } from "./help.ts";

/** The manual page, for `man -l`: man(7), which both groff and mandoc read. */
export function manPage(version: string): string {
  const commands = Object.entries(COMMAND_TEXTS) as [
    CommandName,
    typeof COMMAND_TEXTS[CommandName],
  ][];
  return [
    `.TH WSCAM 1 "" ${quoted(`wscam ${version}`)} "User Commands"`,
    ".SH NAME",
    "wscam \\- put a webcam on a WebSocket",
    ".SH SYNOPSIS",
    ".B wscam",
    "[COMMAND] [options]",
    ".SH DESCRIPTION",
    ...plain(
      "Captures cameras through ffmpeg and sends every picture to every viewer on the network, over " +
        "WebSockets, over HTTP and on a page for browsers.",
    ),
    ".SH COMMANDS",
    ...commands.flatMap(([, text]) => command(text)),
    ".SH OPTIONS OF SERVE",
    ...GROUPS.flatMap((group) => {
      const options = OPTIONS.serve.filter((option) => option.group === group);
      return [`.SS ${group}`, ...options.flatMap(option)];
    }),
    ...commands.flatMap(([name]) => optionsOf(name)),
    ".SH ENVIRONMENT",
    ...plain(
      `Every option of serve is also an environment variable: --max-clients is ${
        variableOf("max-clients")
      }. The option wins.`,
    ),
    ".SH EXIT STATUS",
    ...tagged("0", "done"),
    ...tagged("1", "failed while running"),
    ...tagged("2", "wrong usage"),
    ".SH EXAMPLES",
    ...commands.flatMap(([, { examples }]) =>
      examples.flatMap(([typed, text]) => tagged(typed, text))
    ),
    "",
  ].join("\n");
}

/** A command with its arguments besides options. */
function command({ usage, summary, words = [] }: CommandText): string[] {
  const list = words.flatMap(([word, text]) => tagged(word, text));
  return [
    ...tagged(`wscam ${usage}`, summary),
    ...(list.length > 0 ? [".RS", ...list, ".RE"] : []),
  ];
}

/** The options of a command that has options of its own; those of serve are in groups. */
function optionsOf(name: CommandName): string[] {
  const own = ownOptions(name);
  if (name === "serve" || own.length === 0) return [];
  return [`.SH OPTIONS OF ${name.toUpperCase()}`, ...own.flatMap(option)];
}

function option(option: Option): string[] {
  const [head, help] = optionRow(option);
  return tagged(head.trim(), help);
}

function tagged(tag: string, text: string): string[] {
  return [".TP", `.B ${quoted(tag)}`, ...plain(text)];
}

/** Text as one line that is not a request. */
function plain(text: string): string[] {
  return [`\\&${escape(text)}`];
}

/** An argument of a request. */
function quoted(text: string): string {
  return `"${escape(text).replaceAll('"', '""')}"`;
}

function escape(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll("…", "...")
    .replaceAll("'", "\\(aq");
}
