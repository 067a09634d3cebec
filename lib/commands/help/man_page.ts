import { GROUPS, type Option } from "../../config/options/option.ts";
import { type CommandName, OPTIONS, variableOf } from "../../config/options/options.ts";
import { COMMAND_TEXTS } from "./command_texts.ts";
import { optionRow } from "./help.ts";

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
    ...commands.flatMap(([, { usage, summary }]) => tagged(`wscam ${usage}`, summary)),
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

/** The options of a command that has options of its own. */
function optionsOf(name: CommandName): string[] {
  // Those of serve are in groups; doctor takes the same.
  if (name === "serve" || name === "doctor" || OPTIONS[name].length === 0) return [];
  return [`.SH OPTIONS OF ${name.toUpperCase()}`, ...OPTIONS[name].flatMap(option)];
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
