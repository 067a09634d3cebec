import { SOURCE_NOTATIONS } from "../../camera/source_kinds.ts";
import { ALL_SETTINGS, type Setting } from "../../frame/capture.ts";
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from "../../log.ts";
import { type Kind, number, oneOf } from "../../protocol/kind.ts";
import { type Format, FORMATS } from "../../protocol/viewer_settings.ts";
import { GRAPHICS } from "../terminal.ts";
import type { Option } from "./option.ts";

/** A port to listen on; 0 picks a free one. */
export const PORT: Kind<number> = number({ min: 0, max: 65_535, whole: true });
/** The maximum number of viewers. */
export const MAX_CLIENTS: Kind<number> = number({ min: 1, max: 100_000, whole: true });
/** How log lines look. */
export const LOG_FORMAT: Kind<LogFormat> = oneOf(LOG_FORMATS);
/** The lowest level that is logged. */
export const LOG_LEVEL: Kind<LogLevel> = oneOf(LOG_LEVELS);

const FFMPEG: Option = {
  name: "ffmpeg",
  group: "Program",
  path: "file",
  value: "PATH",
  help: "the ffmpeg to run (default ffmpeg)",
};

/** The format in which `watch` receives pictures. */
export const FORMAT: Kind<Format> = oneOf(FORMATS);

/** The ffmpeg encoder that makes H.264. */
export const H264_ENCODER: Kind<string> = {
  rule: "auto or the name of an encoder of ffmpeg",
  form: { type: "text" },
  take: (text) => /^\w{1,60}$/.test(text) ? text : undefined,
};

const TOKEN: readonly Option[] = [
  {
    name: "token",
    group: "Access",
    value: "SECRET",
    secret: true,
    help: "the secret that every viewer needs",
  },
  {
    name: "token-file",
    group: "Access",
    path: "file",
    value: "FILE",
    help: "the token is the text in this file",
  },
];

const SERVE: readonly Option[] = [
  {
    name: "camera",
    group: "Cameras",
    path: "file",
    short: "c",
    value: "SOURCE",
    repeat: true,
    help: `${SOURCE_NOTATIONS.join(", ")}, or NAME=SOURCE (default 0)`,
  },
  ...ALL_SETTINGS.map(optionOf),
  {
    name: "h264-encoder",
    group: "Pictures",
    value: "NAME",
    kind: H264_ENCODER,
    help: "the ffmpeg encoder that makes H.264 (default auto)",
  },
  {
    name: "config",
    group: "Program",
    path: "file",
    value: "FILE",
    help: "a file with any of these options; reloaded when it changes",
  },
  {
    name: "state-file",
    group: "Program",
    path: "file",
    value: "FILE",
    help: "keeps remote control's settings over restarts",
  },
  {
    name: "port",
    group: "Network",
    short: "p",
    value: "N",
    kind: PORT,
    help: "port to listen on; 0 picks a free one (default 8765)",
  },
  {
    name: "host",
    group: "Network",
    value: "ADDR",
    help: "address to listen on (default 0.0.0.0: all)",
  },
  {
    name: "unix",
    group: "Network",
    path: "file",
    value: "PATH",
    help: "listen on a Unix socket instead",
  },
  {
    name: "max-clients",
    group: "Network",
    value: "N",
    kind: MAX_CLIENTS,
    help: "further viewers get HTTP 503 (default 1000)",
  },
  ...TOKEN,
  {
    name: "allow-origin",
    group: "Access",
    value: "ORIGIN",
    repeat: true,
    help: "web pages that may connect, '*' for all (default: those of the local network)",
  },
  {
    name: "cert",
    group: "Network",
    path: "file",
    value: "FILE",
    help: "serve https and wss with this certificate (PEM)",
  },
  {
    name: "key",
    group: "Network",
    path: "file",
    value: "FILE",
    help: "the certificate's private key (PEM)",
  },
  {
    name: "trust-proxy",
    group: "Access",
    value: "ADDR",
    repeat: true,
    help: "trust X-Forwarded-… from this address or network, or from 'unix'",
  },
  {
    name: "publish",
    group: "Other machines",
    value: "URL",
    help: "also publish the cameras on a NATS server: nats://HOST:4222",
  },
  {
    name: "nats-creds",
    group: "Other machines",
    path: "file",
    value: "FILE",
    help: "credentials file for the NATS server",
  },
  FFMPEG,
  { name: "no-qr", group: "Program", help: "don't print the page's address as a QR code at start" },
  {
    name: "log-format",
    group: "Program",
    choices: LOG_FORMATS,
    kind: LOG_FORMAT,
    value: LOG_FORMATS.join("|"),
    help: "the form of log lines, which go to stderr (default text)",
  },
  {
    name: "log-level",
    group: "Program",
    choices: LOG_LEVELS,
    kind: LOG_LEVEL,
    value: "LEVEL",
    help: `${LOG_LEVELS.join(", ")} (default info)`,
  },
];

/** A setting of a camera as an option: the default of every camera. */
function optionOf(
  { name, short, value, help, kind, isRemote }: Setting<unknown>,
): Option {
  return {
    name,
    group: isRemote ? "Pictures" : "Cameras",
    help,
    kind,
    ...(short === undefined ? {} : { short }),
    ...(value === undefined ? {} : { value }),
    ...(kind.form.type === "word" ? { choices: kind.form.words } : {}),
  };
}

/** The options of each command, in the order of its help. */
export const OPTIONS: Readonly<
  Record<
    | "serve"
    | "cameras"
    | "watch"
    | "push"
    | "doctor"
    | "service"
    | "share"
    | "config"
    | "completion"
    | "man",
    readonly Option[]
  >
> = {
  serve: SERVE,
  cameras: [{ name: "json", help: "print JSON" }, FFMPEG],
  watch: [
    {
      name: "save",
      path: "folder",
      value: "DIR",
      help: "save each picture there as a JPEG file; FILE.mp4: a film in H.264",
    },
    {
      name: "format",
      choices: FORMATS,
      kind: FORMAT,
      value: "NAME",
      help: `the format of pictures: ${FORMATS.join(", ")} (default binary)`,
    },
    { name: "count", value: "N", help: "stop after N pictures" },
    { name: "seconds", value: "N", help: "stop after N seconds" },
    { name: "json", help: "print JSON lines, even on a terminal" },
    { name: "show", help: "draw the pictures in the terminal" },
    {
      name: "graphics",
      choices: GRAPHICS,
      value: "NAME",
      help: `how: ${GRAPHICS.join(", ")} (default auto)`,
    },
    { ...FFMPEG, help: "the ffmpeg that decodes them (default ffmpeg)" },
  ],
  push: [
    {
      name: "camera",
      short: "c",
      value: "NAME",
      help: "the camera (default: the first one whose source is 'push')",
    },
    { name: "to", value: "URL", help: "the server (default ws://localhost:8765)" },
    { name: "replace", help: "take the place of another program" },
    {
      name: "fps",
      short: "f",
      value: "N",
      help: "maximum pictures a second (from a file, default 10)",
    },
    { name: "loop", help: "start over after the last file" },
    ...TOKEN.map((option) => ({
      ...option,
      help: option.help.replace("the secret that every viewer needs", "the server's"),
    })),
  ],
  doctor: [
    { name: "json", help: "print JSON" },
    // Without a camera, it checks all of them.
    ...SERVE.map((option) =>
      option.name === "camera"
        ? { ...option, help: option.help.replace("default 0", "default: each of this machine") }
        : option
    ),
  ],
  config: SERVE,
  service: [
    { name: "user", help: "a service of your user instead of the system (Linux)" },
  ],
  share: [
    { name: "camera", short: "c", value: "NAME", help: "the camera that the link shows" },
    { name: "for", value: "TIME", help: "how long it works: 30m, 2h, 7d (default 1h)" },
    { name: "url", value: "URL", help: "the server's page (default: this machine, port 8765)" },
    ...TOKEN,
  ],
  completion: [],
  man: [],
};

/** The keys of a file, except `cameras`, which stands for `--camera`. */
export const FILE_OPTIONS: readonly Option[] = SERVE.filter(({ name }) =>
  name !== "config" && name !== "camera"
);

/** A command with options. */
export type CommandName = keyof typeof OPTIONS;

/** Whether a word is a command's name. */
export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(OPTIONS, word);
}

/** The environment variable that stands for an option. */
export function variableOf(option: string): string {
  return `WSCAM_${option.toUpperCase().replaceAll("-", "_")}`;
}
