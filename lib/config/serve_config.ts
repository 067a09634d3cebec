import { ALL_SETTINGS, type Capture } from "../frame/capture.ts";
import {
  DEFAULT_CAPTURE,
  isCopyChanged,
  readSetting,
  setCapture,
} from "../frame/change_capture.ts";
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from "../log.ts";
import type { BrokerAddress } from "../protocol/relay_url.ts";
import { number, oneOf } from "../protocol/kind.ts";
import type { AccessOptions } from "../server/access/access.ts";
import { trustedProxies } from "../server/access/forwarded.ts";
import { parseAllowedOrigin } from "../server/access/origins.ts";
import type { TlsFiles } from "../server/tls/certificate.ts";
import { variableOf } from "./options.ts";
import {
  type Environment,
  type Given,
  ownVariable,
  readOptions,
  UsageError,
} from "./read_options.ts";
import { parseToken } from "./secrets.ts";
import { type CameraConfig, parseCameras } from "./camera_config.ts";
import { asIs, brokerUrl } from "./values.ts";

/** What `serve` works by. */
export interface ServeConfig {
  /** The cameras, the default one first; their names differ. */
  readonly cameras: readonly CameraConfig[];
  /** How cameras are captured that say nothing of their own. */
  readonly capture: Capture;
  /** The address to listen on. */
  readonly host: string;
  /** The port to listen on; 0 picks a free one. */
  readonly port: number;
  /** A Unix socket to listen on instead. */
  readonly unix: string | undefined;
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
  /** Whether a terminal shows the page's address as a QR code. */
  readonly qr: boolean;
  /** How log lines look. */
  readonly logFormat: LogFormat;
  /** The least important lines that are written. */
  readonly logLevel: LogLevel;
}

/**
 * Reads the options of `serve`; what isn't given comes from the environment.
 *
 * @throws {UsageError} when an option is unknown, or its value can't be used
 */
export function parseServe(args: readonly string[], env: Environment = ownVariable): ServeConfig {
  return serveConfig(readOptions("serve", args, { env }), parseToken("serve", { args, env }));
}

/**
 * Makes of the given options what `serve` works by; other commands take them as well.
 *
 * @throws {UsageError} when a value can't be used
 */
export function serveConfig(
  { value, values, isOn, isGiven }: Given,
  token: string | undefined,
): ServeConfig {
  if (isGiven("unix") && isGiven("port")) {
    throw new UsageError("'--unix' and '--port' exclude each other: leave one out");
  }
  const capture = sharedCapture({ value, isOn });
  return {
    cameras: values("camera", (texts) => parseCameras(texts, capture)),
    capture,
    host: value("host", "0.0.0.0", withoutBrackets),
    port: value("port", 8765, number({ min: 0, max: 65_535, whole: true })),
    unix: value("unix", undefined, asIs),
    maxClients: value("max-clients", 1000, number({ min: 1, max: 100_000, whole: true })),
    access: {
      token,
      allowOrigins: values("allow-origin", (texts) => texts.map(parseAllowedOrigin)),
      trustProxies: values("trust-proxy", checkProxies),
    },
    tls: parseTls(value),
    publish: value("publish", undefined, brokerUrl),
    natsCreds: value("nats-creds", undefined, asIs),
    ffmpeg: value("ffmpeg", "ffmpeg", asIs),
    qr: !isOn("no-qr"),
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
  if (cert !== undefined && key !== undefined) {
    if (value("unix", undefined, asIs) === undefined) return { cert, key };
    throw new UsageError(
      "'--unix' takes no '--cert' and '--key': a proxy in front of the socket has them; leave them out",
    );
  }
  if (cert === undefined && key === undefined) return undefined;
  const [given, missing] = cert === undefined ? ["key", "cert"] : ["cert", "key"];
  const [here, there] = [given, missing].map((name) => `'--${name}' or '${variableOf(name)}'`);
  throw new UsageError(`${here} needs ${there} as well`);
}

/** How cameras are captured that say nothing of their own. */
function sharedCapture({ value, isOn }: Pick<Given, "value" | "isOn">): Capture {
  let capture = DEFAULT_CAPTURE;
  for (const setting of ALL_SETTINGS) {
    const { name, value: label } = setting;
    const text = label === undefined
      ? String(isOn(name))
      : value(name, undefined, (text) => (readSetting(setting, text), text));
    if (text !== undefined) capture = setCapture(capture, name, text);
  }
  if (!isCopyChanged(capture)) return capture;
  throw new UsageError(
    "'--quality', '--rotate' and '--flip' need a new encoding: take another '--encoder' than copy",
  );
}
