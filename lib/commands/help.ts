import { type CommandName, type Option, OPTIONS, variableOf } from "../config/options.ts";

const SUMMARY: Readonly<Record<CommandName, string>> = {
  serve: "wscam [serve] [options]    serve cameras (the default command)",
  cameras: "wscam cameras [options]    list the cameras of this machine, with their modes",
  watch:
    "wscam watch [URL] [options]    be a viewer: rate, age and size of what arrives; save or show frames",
  doctor:
    "wscam doctor [serve options]    check what 'wscam serve' needs with these options, and say what to do",
  service:
    "wscam service ACTION [--user] [-- options of serve]    start with the machine, and stay",
  share: "wscam share [options]      print a link for a guest: one camera, for some time",
};

/** What `wscam --help` prints. */
function programHelp(): string {
  return [
    "wscam puts a webcam on a WebSocket, and on a page for browsers.",
    "",
    ...Object.values(SUMMARY).map((line) => `  ${line}`),
    "",
    "  wscam COMMAND --help, wscam --version",
    "",
    "No camera at hand? wscam --camera test. Something doesn't work? wscam doctor",
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
  const more = command === "service" ? [...SERVICE_ACTION_LINES, ""] : [];
  return [SUMMARY[command], "", ...more, ...optionLines(OPTIONS[command]), ""].join("\n");
}

const SERVICE_ACTION_LINES = [
  "  install      write the service and start it, or replace it: install -- --camera 1 --port 80",
  "  uninstall    stop it and remove all of it",
  "  status       whether it runs; the exit status is 0 if so",
  "  print        show what install would write",
];

function optionLines(options: readonly Option[]): string[] {
  const heads = options.map(({ name, short, value }) => {
    const letter = short ? `-${short}, ` : "    ";
    return `  ${letter}--${name}${value ? ` ${value}` : ""}`;
  });
  const width = Math.max(...heads.map((head) => head.length)) + 2;
  return options.map(({ help }, i) => (heads[i] ?? "").padEnd(width) + help);
}
