/** Command lines for Windows, where the Task Scheduler starts programs. */
export function scheduleCommand(command: readonly string[]): string {
  return `schtasks /Create /F /TN wscam /SC ONLOGON /TR ${quoteArgument(commandLine(command))}`;
}

/** A command line in the form that Windows programs parse (CommandLineToArgvW). */
function commandLine(command: readonly string[]): string {
  return command.map((word) => /[\s"]/.test(word) ? quoteArgument(word) : word).join(" ");
}

/** Backslashes are special only before a quotation mark, where they are doubled. */
function quoteArgument(word: string): string {
  return `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, "$&$&")}"`;
}
