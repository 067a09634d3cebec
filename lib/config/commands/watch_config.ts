import {
  type Environment,
  type Given,
  named,
  ownVariable,
  readOptions,
} from "../options/read_options.ts";
import { UsageError } from "../options/usage_error.ts";
import { detectTerminal, GRAPHICS, type Terminal } from "../terminal.ts";
import { asIs, viewerUrl } from "../options/values.ts";
import { number, oneOf } from "../../protocol/kind.ts";
import type { Format } from "../../protocol/viewer_settings.ts";
import { FORMAT } from "../options/options.ts";

/** The configuration of `watch`. */
export interface WatchConfig {
  /** The server's WebSocket. */
  readonly url: string;
  /** The folder to save frames in, or the path of a film, if they are saved. */
  readonly save: string | undefined;
  /** The format of the pictures; by default the URL decides. */
  readonly format: Format | undefined;
  /** Ends after this many frames. */
  readonly count: number;
  /** Ends after this many seconds. */
  readonly seconds: number;
  /** Whether to print JSON lines even on a terminal. */
  readonly json: boolean;
  /** The terminal's abilities, if pictures are shown there. */
  readonly show: Terminal | undefined;
  /** The ffmpeg that decodes them. */
  readonly ffmpeg: string;
}

/**
 * Parses the options of `watch`.
 *
 * @throws {UsageError} when an option is unknown, or its value can't be used
 */
export function parseWatch(args: readonly string[], env: Environment = ownVariable): WatchConfig {
  const { value, isOn, rest } = readOptions("watch", args, { maxRest: 1 });
  const [url = "ws://localhost:8765"] = rest;
  const save = value("save", undefined, asIs);
  return {
    url: named("URL", () => viewerUrl(url)),
    save,
    format: parseFormat({ value, isOn }, { save, url }),
    count: value(
      "count",
      Infinity,
      number({ min: 1, max: Number.MAX_SAFE_INTEGER, whole: true }),
    ),
    seconds: value("seconds", Infinity, number({ min: 0.1, max: 2e6 })),
    json: isOn("json"),
    show: parseShow({ value, isOn }, env),
    ffmpeg: value("ffmpeg", "ffmpeg", asIs),
  };
}

/** Whether the path to save to is a film's. */
export function isFilm(save: string | undefined): save is string {
  return save !== undefined && /\.mp4$/i.test(save);
}

function parseFormat(
  { value, isOn }: Pick<Given, "value" | "isOn">,
  { save, url }: { save: string | undefined; url: string },
): Format | undefined {
  const named = value("format", undefined, FORMAT);
  const format = named ?? (isFilm(save) ? "h264" : undefined);
  const isVideo = (format ?? url.match(/[?&]format=(\w+)/)?.[1]) === "h264";
  if (isVideo && isOn("show")) {
    throw new UsageError("'--show' draws JPEG: use '--format binary', or leave '--format' out");
  }
  if (isFilm(save) && !isVideo) {
    throw new UsageError(
      "'--save FILE.mp4' needs H.264: use '--format h264', or leave '--format' out",
    );
  }
  if (isVideo && save !== undefined && !isFilm(save)) {
    throw new UsageError("'--save' with H.264 needs the name of a film: '--save FILE.mp4'");
  }
  return format;
}

function parseShow(
  { value, isOn }: Pick<Given, "value" | "isOn">,
  env: Environment,
): Terminal | undefined {
  const graphics = value("graphics", undefined, oneOf(GRAPHICS));
  if (!isOn("show")) {
    if (graphics !== undefined) throw new UsageError("'--graphics' needs '--show'");
    return undefined;
  }
  if (isOn("json")) {
    throw new UsageError("'--show' and '--json' write to the same terminal: use one of them");
  }
  if (env("TERM") === "dumb") {
    throw new UsageError("'--show' needs a terminal that can move its cursor, got TERM=dumb");
  }
  return detectTerminal(env, graphics);
}
