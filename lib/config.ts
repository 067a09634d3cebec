/**
 * Command line and environment, read in this place only. Parts of the program are given the fields
 * that they need, never the whole.
 *
 * @module
 */
import {
  type EncoderChoice,
  ENCODERS,
  type Flip,
  FLIPS,
  type Rotation,
  ROTATIONS,
} from "./camera/plan.ts";
import type { CameraSpec } from "./camera/source_spec.ts";
import {
  type Environment,
  type Given,
  named,
  readOptions,
  UsageError,
} from "./config/read_options.ts";
import {
  brokerUrl,
  cameras,
  duration,
  number,
  oneOf,
  pageUrl,
  resolution,
  viewerUrl,
} from "./config/values.ts";
import type { BrokerAddress } from "./protocol/relay_url.ts";
import { variableOf } from "./config/options.ts";
import { NOTIFY_VARIABLES, type NotifyConfig, readNotify } from "./config/notify_config.ts";
import { parseToken } from "./config/secrets.ts";
import { type ServiceArguments, splitService } from "./config/service_config.ts";
import { detectTerminal, GRAPHICS, type Terminal } from "./config/terminal.ts";
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from "./log.ts";
import type { AccessOptions } from "./server/access.ts";
import { trustedProxies } from "./server/access/forwarded.ts";
import { parseAllowedOrigin } from "./server/access/origins.ts";
import type { TlsFiles } from "./server/tls/certificate.ts";

/** What `serve` works by. */
export interface ServeConfig {
  /** The cameras, the default one first; their names differ. */
  readonly cameras: readonly CameraSpec[];
  /** Asked of cameras, in pixels. */
  readonly resolution: { readonly width: number; readonly height: number };
  /** Delivered frames a second. */
  readonly fps: number;
  /** JPEG quality, 0 to 100, if any was asked for. */
  readonly quality: number | undefined;
  /** Who makes the JPEG. */
  readonly encoder: EncoderChoice;
  /** Clockwise, in degrees. */
  readonly rotate: Rotation;
  /** How pictures are mirrored, if at all. */
  readonly flip: Flip | undefined;
  /** The address to listen on. */
  readonly host: string;
  /** The port to listen on; 0 picks a free one. */
  readonly port: number;
  /** A Unix socket to listen on instead. */
  readonly unix: string | undefined;
  /** How long a camera stays open after its last viewer, in milliseconds. */
  readonly lingerMs: number;
  /** Whether cameras are open while nobody watches. */
  readonly alwaysOn: boolean;
  /** Further viewers are refused. */
  readonly maxClients: number;
  /** Who may look. */
  readonly access: AccessOptions;
  /** For https and wss, if they are asked for. */
  readonly tls: TlsFiles | undefined;
  /** The NATS server on which the cameras are published as well, if they are. */
  readonly publish: BrokerAddress | undefined;
  /** The file of credentials for NATS, if there is one. */
  readonly natsCreds: string | undefined;
  /** Which ffmpeg. */
  readonly ffmpeg: string;
  /** How log lines look. */
  readonly logFormat: LogFormat;
  /** The least important lines that are written. */
  readonly logLevel: LogLevel;
}

/** What `cameras` works by. */
export interface CamerasConfig {
  /** Which ffmpeg. */
  readonly ffmpeg: string;
  /** JSON instead of a table. */
  readonly json: boolean;
}

/** What `doctor` works by. */
export interface DoctorConfig {
  /** What is to be checked: what `serve` would do with the same options. */
  readonly serve: ServeConfig;
  /** Whether cameras were named; all of the machine are meant otherwise. */
  readonly hasCameras: boolean;
  /** JSON instead of lines. */
  readonly json: boolean;
}

/** What `watch` works by. */
export interface WatchConfig {
  /** The server's WebSocket. */
  readonly url: string;
  /** The folder where frames are saved, if they are. */
  readonly save: string | undefined;
  /** Ends after so many frames. */
  readonly count: number;
  /** Ends after so many seconds. */
  readonly seconds: number;
  /** JSON lines also on a terminal. */
  readonly json: boolean;
  /** What the terminal can draw, if the pictures are shown there. */
  readonly show: Terminal | undefined;
}

/** What `service` works by. */
export interface ServiceConfig extends ServiceArguments {
  /** What the service would serve. */
  readonly serve: ServeConfig;
  /** The user's folder. */
  readonly home: string;
  /** Where the user's programs keep their settings. */
  readonly configHome: string;
}

/** What `share` works by. */
export interface ShareConfig {
  /** The camera that the link shows. */
  readonly camera: string;
  /** How long the link works, in seconds. */
  readonly seconds: number;
  /** The server's page, if it was said. */
  readonly url: string | undefined;
  /** What the link is signed with. */
  readonly token: string;
}

const asIs = (text: string): string => text;
const readVariable: Environment = (name) => Deno.env.get(name);

/**
 * Reads the options of `serve`; what isn't given comes from the environment.
 *
 * @throws {UsageError} when an option is unknown, or its value can't be used
 */
export function parseServe(args: readonly string[], env: Environment = readVariable): ServeConfig {
  return serveConfig(readOptions("serve", args, { env }), parseToken("serve", { args, env }));
}

function serveConfig({ value, values, isOn }: Given, token: string | undefined): ServeConfig {
  return {
    cameras: values("camera", cameras),
    resolution: value("resolution", { width: 640, height: 480 }, resolution),
    fps: value("fps", 10, number({ least: 0.1, most: 120 })),
    ...parseEncoding(value),
    host: value("host", "0.0.0.0", withoutBrackets),
    port: value("port", 8765, number({ least: 0, most: 65_535, whole: true })),
    unix: value("unix", undefined, asIs),
    lingerMs: value("linger", 10, number({ least: 0, most: 1_000_000 })) * 1000,
    alwaysOn: isOn("always-on"),
    maxClients: value("max-clients", 1000, number({ least: 1, most: 100_000, whole: true })),
    access: {
      token,
      allowOrigins: values("allow-origin", (texts) => texts.map(parseAllowedOrigin)),
      trustProxies: values("trust-proxy", checkProxies),
    },
    tls: parseTls(value),
    publish: value("publish", undefined, brokerUrl),
    natsCreds: value("nats-creds", undefined, asIs),
    ffmpeg: value("ffmpeg", "ffmpeg", asIs),
    logFormat: value("log-format", "text", oneOf(LOG_FORMATS)),
    logLevel: value("log-level", "info", oneOf(LOG_LEVELS)),
  };
}

/** An IPv6 address, as it stands in URLs, is taken as well. */
function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*:.*)\]$/, "$1");
}

function checkProxies(texts: readonly string[]): readonly string[] {
  trustedProxies(texts);
  return texts;
}

function parseTls(value: Given["value"]): TlsFiles | undefined {
  const [cert, key] = [value("cert", undefined, asIs), value("key", undefined, asIs)];
  if (cert !== undefined && key !== undefined) return { cert, key };
  if (cert === undefined && key === undefined) return undefined;
  const [given, missing] = cert === undefined ? ["key", "cert"] : ["cert", "key"];
  throw new UsageError(
    `'--${given}' or '${variableOf(given)}' needs '--${missing}' or '${
      variableOf(missing)
    }' as well`,
  );
}

function parseEncoding(
  value: Given["value"],
): Pick<ServeConfig, "quality" | "encoder" | "rotate" | "flip"> {
  const encoding = {
    quality: value("quality", undefined, number({ least: 0, most: 100, whole: true })),
    encoder: value("encoder", "auto", oneOf(ENCODERS)),
    rotate: value("rotate", "0", oneOf(ROTATIONS)),
    flip: value("flip", undefined, oneOf(FLIPS)),
  } as const;
  const { quality, encoder, rotate, flip } = encoding;
  if (encoder === "copy" && (quality !== undefined || rotate !== "0" || flip !== undefined)) {
    throw new UsageError(
      "'--quality', '--rotate' and '--flip' need a new encoding: take another '--encoder' than copy",
    );
  }
  return encoding;
}

/**
 * Reads the options of `cameras`.
 *
 * @throws {UsageError} when an option is unknown, or its value can't be used
 */
export function parseCameras(
  args: readonly string[],
  env: Environment = readVariable,
): CamerasConfig {
  const { value, isOn } = readOptions("cameras", args, { env });
  return { ffmpeg: value("ffmpeg", "ffmpeg", asIs), json: isOn("json") };
}

/**
 * Reads the options of `doctor`: those of `serve`, and its own.
 *
 * @throws {UsageError} when an option is unknown, or its value can't be used
 */
export function parseDoctor(
  args: readonly string[],
  env: Environment = readVariable,
): DoctorConfig {
  const given = readOptions("doctor", args, { env });
  return {
    serve: serveConfig(given, parseToken("doctor", { args, env })),
    hasCameras: given.values("camera", (texts) => texts.length > 0),
    json: given.isOn("json"),
  };
}

/**
 * Reads the options of `watch`.
 *
 * @throws {UsageError} when an option is unknown, or its value can't be used
 */
export function parseWatch(args: readonly string[], env: Environment = readVariable): WatchConfig {
  const { value, isOn, rest } = readOptions("watch", args, { maxRest: 1 });
  const [url = "ws://localhost:8765"] = rest;
  return {
    url: named("URL", () => viewerUrl(url)),
    save: value("save", undefined, asIs),
    count: value(
      "count",
      Infinity,
      number({ least: 1, most: Number.MAX_SAFE_INTEGER, whole: true }),
    ),
    seconds: value("seconds", Infinity, number({ least: 0.1, most: 2e6 })),
    json: isOn("json"),
    show: parseShow({ value, isOn }, env),
  };
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
    throw new UsageError("'--show' and '--json' write to the same terminal: take one");
  }
  if (env("TERM") === "dumb") {
    throw new UsageError("'--show' needs a terminal that can move its cursor, got TERM=dumb");
  }
  return detectTerminal(env, graphics);
}

/**
 * Reads the arguments of `service`. The service has an environment of its own, so options of `serve` are
 * not looked for in this one.
 *
 * @throws {UsageError} when something is unknown, or an option of `serve` can't be used
 */
export function parseService(
  args: readonly string[],
  env: Environment = readVariable,
): ServiceConfig {
  const parts = splitService(args);
  const home = env("HOME") || "/";
  const configHome = env("XDG_CONFIG_HOME") || `${home}/.config`;
  return { ...parts, serve: parseServe(parts.serveArgs, () => undefined), home, configHome };
}

/**
 * Reads how to reach the service manager, and takes it out of the environment, so that no program that
 * we start speaks in our name.
 */
export function takeNotify(): NotifyConfig | undefined {
  const config = readNotify(readVariable, Deno.pid);
  for (const name of NOTIFY_VARIABLES) Deno.env.delete(name);
  return config;
}

/**
 * Reads the options of `share`.
 *
 * @throws {UsageError} when an option is unknown, its value can't be used, or one that is needed is missing
 */
export function parseShare(args: readonly string[], env: Environment = readVariable): ShareConfig {
  // The variables belong to `serve`, but for the token: a link is good for one camera only.
  const { value } = readOptions("share", args);
  const camera = value("camera", undefined, asIs);
  if (camera === undefined) {
    throw new UsageError("'--camera' is needed: the name of the camera that the link shows");
  }
  const token = parseToken("share", { args, env });
  if (token === undefined) {
    throw new UsageError(
      "'--token' or '--token-file' is needed: the server's own, for links are signed with it",
    );
  }
  return {
    ...{ camera, token },
    seconds: value("for", 3600, duration),
    url: value("url", undefined, pageUrl),
  };
}
