import { type CommandName, type Option, OPTIONS, variableOf } from "../config/options.ts";

const SUMMARY: Readonly<Record<CommandName, string>> = {
  serve: "wscam [serve] [options]    serve cameras (the default command)",
  cameras: "wscam cameras [options]    list the cameras of this machine, with their modes",
  watch:
    "wscam watch [URL] [options]    be a viewer: rate, age and size of what arrives; save or show frames",
};

/** What `wscam --help` prints. */
export function programHelp(): string {
  return [
    "wscam puts a webcam on a WebSocket, and on a page for browsers.",
    "",
    ...Object.values(SUMMARY).map((line) => `  ${line}`),
    "",
    "  wscam COMMAND --help, wscam --version",
    "",
    "No camera at hand? wscam --camera test",
    "",
    ...optionLines(OPTIONS.serve),
    "",
    "Every option of serve is also an environment variable: --max-clients is",
    `${variableOf("max-clients")}. The option wins.`,
    "",
  ].join("\n");
}

/** What `wscam COMMAND --help` prints. */
export function commandHelp(command: CommandName): string {
  if (command === "serve") return programHelp();
  return [SUMMARY[command], "", ...optionLines(OPTIONS[command]), ""].join("\n");
}

function optionLines(options: readonly Option[]): string[] {
  const heads = options.map(({ name, short, value }) => {
    const letter = short ? `-${short}, ` : "    ";
    return `  ${letter}--${name}${value ? ` ${value}` : ""}`;
  });
  const width = Math.max(...heads.map((head) => head.length)) + 2;
  return options.map(({ help }, i) => (heads[i] ?? "").padEnd(width) + help);
}
