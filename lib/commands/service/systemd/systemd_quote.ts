/**
 * A program's path and arguments for `ExecStart=`: systemd.service(5), "Command lines", and
 * systemd.unit(5), "Specifiers". The leading `:` keeps systemd from expanding variables.
 */
export function execLine(command: readonly string[]): string {
  return `:${command.map(quoteWord).join(" ")}`;
}

/** One word, where systemd splits a value at spaces and expands specifiers. */
export function quoteWord(word: string): string {
  const text = word.replaceAll("%", "%%");
  if (/^[\p{L}\p{N}_@%+=:,./~-]+$/u.test(text)) return text;
  return inQuotes(text);
}

/** A path for `BindReadOnlyPaths=`, where a bare `:` separates it from another. */
export function quotePath(path: string): string {
  return path.includes(":") ? inQuotes(path.replaceAll("%", "%%")) : quoteWord(path);
}

/** Lines of an environment file: systemd.exec(5), `EnvironmentFile=`. */
export function environmentFile(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}="${value.replace(/[\\"`$]/g, "\\$&")}"\n`).join("");
}

function inQuotes(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&")}"`;
}
