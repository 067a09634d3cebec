import { type Flip, FLIPS, type Rotation, ROTATIONS } from "../frame/orientation.ts";
import { type EncoderChoice, ENCODERS, pictureChange } from "../ffmpeg/plan.ts";
import type { CameraSpec } from "../camera/source_spec.ts";
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from "../log.ts";
import type { BrokerAddress } from "../protocol/relay_url.ts";
import { BOUNDS } from "../protocol/viewer_settings.ts";
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
import { asIs, brokerUrl, cameras, number, oneOf, resolution } from "./values.ts";

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
  return {
    cameras: values("camera", cameras),
    resolution: value("resolution", { width: 640, height: 480 }, resolution),
    fps: value("fps", 10, number(BOUNDS.fps)),
    ...parseEncoding(value),
    host: value("host", "0.0.0.0", withoutBrackets),
    port: value("port", 8765, number({ min: 0, max: 65_535, whole: true })),
    unix: value("unix", undefined, asIs),
    lingerMs: value("linger", 10, number({ min: 0, max: 1_000_000 })) * 1000,
    alwaysOn: isOn("always-on"),
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

function parseEncoding(
  value: Given["value"],
): Pick<ServeConfig, "quality" | "encoder" | "rotate" | "flip"> {
  const encoding = {
    quality: value("quality", undefined, number({ ...BOUNDS.quality, whole: true })),
    encoder: value("encoder", "auto", oneOf(ENCODERS)),
    rotate: value("rotate", "0", oneOf(ROTATIONS)),
    flip: value("flip", undefined, oneOf(FLIPS)),
  } as const;
  if (encoding.encoder === "copy" && pictureChange(encoding) !== undefined) {
    throw new UsageError(
      "'--quality', '--rotate' and '--flip' need a new encoding: take another '--encoder' than copy",
    );
  }
  return encoding;
}
