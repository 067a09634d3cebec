import { ROTATIONS } from "../frame/orientation.ts";
import { ENCODERS } from "../ffmpeg/plan.ts";
import { LOG_FORMATS, LOG_LEVELS } from "../log.ts";
import { GRAPHICS } from "./terminal.ts";

/** An option of a command. */
export interface Option {
  /** As after `--`. */
  readonly name: string;
  /** One letter, as after `-`. */
  readonly short?: string;
  /** What its value is called in the help; without it, the option is a switch. */
  readonly value?: string;
  /** Whether it may be given more than once. */
  readonly repeat?: boolean;
  /** Whether its value must not be seen by other users of the machine. @default {false} */
  readonly secret?: boolean;
  /** The help's words. */
  readonly help: string;
}

const FFMPEG: Option = { name: "ffmpeg", value: "PATH", help: "which ffmpeg (default ffmpeg)" };

const TOKEN: readonly Option[] = [
  { name: "token", value: "SECRET", secret: true, help: "everybody needs it" },
  { name: "token-file", value: "FILE", help: "the token is the text in this file" },
];

const SERVE: readonly Option[] = [
  {
    name: "camera",
    short: "c",
    value: "SOURCE",
    repeat: true,
    help: "index, device path or name, URL, video file, 'test', or NAME=SOURCE (default 0)",
  },
  { name: "resolution", short: "r", value: "WxH", help: "asked of the camera (default 640x480)" },
  { name: "fps", short: "f", value: "N", help: "frames a second, 0.1 to 120 (default 10)" },
  { name: "quality", short: "q", value: "N", help: "JPEG quality, 0 to 100 (default 80)" },
  {
    name: "encoder",
    short: "e",
    value: "NAME",
    help: `${ENCODERS.join(", ")} (default auto)`,
  },
  { name: "rotate", value: "DEGREES", help: `${ROTATIONS.join(", ")}, clockwise (default 0)` },
  { name: "flip", value: "AXES", help: "h, v or hv: left and right, up and down, both" },
  { name: "port", short: "p", value: "N", help: "0 picks a free one (default 8765)" },
  { name: "host", value: "ADDR", help: "address to listen on (default 0.0.0.0: all)" },
  { name: "unix", value: "PATH", help: "listen on a Unix socket instead" },
  {
    name: "linger",
    value: "SECONDS",
    help: "how long a camera stays open after its last viewer (default 10)",
  },
  { name: "always-on", help: "keep cameras open whether anybody watches or not" },
  { name: "max-clients", value: "N", help: "further viewers get HTTP 503 (default 1000)" },
  ...TOKEN,
  {
    name: "allow-origin",
    value: "ORIGIN",
    repeat: true,
    help: "web pages that may connect, '*' for all; without it, those of the local network",
  },
  { name: "cert", value: "FILE", help: "serve https and wss with this certificate (PEM)" },
  { name: "key", value: "FILE", help: "the certificate's private key (PEM)" },
  {
    name: "trust-proxy",
    value: "ADDR",
    repeat: true,
    help: "believe X-Forwarded-… of this address or network, or of 'unix'",
  },
  {
    name: "publish",
    value: "URL",
    help: "publish the cameras on a NATS server as well: nats://HOST:4222",
  },
  { name: "nats-creds", value: "FILE", help: "sign in to NATS with this file of credentials" },
  FFMPEG,
  {
    name: "log-format",
    value: LOG_FORMATS.join("|"),
    help: "how log lines look; they go to stderr (default text)",
  },
  { name: "log-level", value: "LEVEL", help: `${LOG_LEVELS.join(", ")} (default info)` },
];

/** The options of each command, in the order of its help. */
export const OPTIONS: Readonly<
  Record<"serve" | "cameras" | "watch" | "doctor" | "service" | "share", readonly Option[]>
> = {
  serve: SERVE,
  cameras: [{ name: "json", help: "print JSON" }, FFMPEG],
  watch: [
    { name: "save", value: "DIR", help: "save each frame as a JPEG file there" },
    { name: "count", value: "N", help: "end after N frames" },
    { name: "seconds", value: "N", help: "end after N seconds" },
    { name: "json", help: "print JSON lines also on a terminal" },
    { name: "show", help: "draw the pictures in the terminal" },
    { name: "graphics", value: "NAME", help: `how: ${GRAPHICS.join(", ")} (default auto)` },
  ],
  doctor: [
    { name: "json", help: "print JSON" },
    // Without a camera it looks at all of them.
    ...SERVE.map((option) =>
      option.name === "camera"
        ? { ...option, help: option.help.replace("default 0", "default: each of this machine") }
        : option
    ),
  ],
  service: [
    { name: "user", help: "a service of your own user instead of the system's (Linux)" },
  ],
  share: [
    { name: "camera", short: "c", value: "NAME", help: "the camera that the link shows" },
    { name: "for", value: "TIME", help: "how long it works: 30m, 2h, 7d (default 1h)" },
    { name: "url", value: "URL", help: "the server's page (default this machine's, port 8765)" },
    ...TOKEN,
  ],
};

/** A command that has options. */
export type CommandName = keyof typeof OPTIONS;

/** The environment variable that stands for an option. */
export function variableOf(option: string): string {
  return `WSCAM_${option.toUpperCase().replaceAll("-", "_")}`;
}
