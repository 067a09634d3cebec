/** The facts of an agent. */
export interface AgentFacts {
  /** The program with its arguments. */
  readonly command: readonly string[];
  /** Variables that only the user can read. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The file that it writes to. */
  readonly log: string;
}

/** The agent's name for launchd. */
export const LABEL = "wscam";

/** Homebrew's folders: an agent doesn't inherit the shell's PATH. */
const PATH = "/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

/** Writes an agent of a user's session (launchd.plist(5)). */
export function launchdAgent({ command, secrets, log }: AgentFacts): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    ...dictionary({
      Label: LABEL,
      ProgramArguments: command,
      EnvironmentVariables: { PATH, ...secrets },
      RunAtLoad: true,
      KeepAlive: true,
      // Other process types are throttled as background work.
      ProcessType: "Interactive",
      StandardOutPath: log,
      StandardErrorPath: log,
    }),
    "</plist>",
    "",
  ].join("\n");
}

type Value = string | true | readonly string[] | Readonly<Record<string, string>>;

function dictionary(values: Readonly<Record<string, Value>>): string[] {
  const lines = Object.entries(values).flatMap(([key, value]) => [
    `<key>${escape(key)}</key>`,
    ...element(value),
  ]);
  return ["<dict>", ...lines.map((line) => `  ${line}`), "</dict>"];
}

function element(value: Value): string[] {
  if (value === true) return ["<true/>"];
  if (typeof value === "string") return [text(value)];
  if (!isArray(value)) return dictionary(value);
  return ["<array>", ...value.map((each) => `  ${text(each)}`), "</array>"];
}

function isArray(value: Value): value is readonly string[] {
  return Array.isArray(value);
}

function text(value: string): string {
  return `<string>${escape(value)}</string>`;
}

function escape(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
