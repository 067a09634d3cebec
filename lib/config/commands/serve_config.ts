import { ALL_SETTINGS, type Capture } from "../../frame/capture.ts";
import {
  changingSettings,
  DEFAULT_CAPTURE,
  isCopyChanged,
  readSetting,
  setCapture,
} from "../../frame/change_capture.ts";
import type { LogFormat, LogLevel } from "../../log.ts";
import { redactUrls } from "../../log/secrets.ts";
import { quote } from "../../protocol/quote.ts";
import type { BrokerAddress } from "../../protocol/relay_url.ts";
import type { AccessOptions } from "../../server/access/access.ts";
import { trustedProxies } from "../../server/access/origin/forwarded.ts";
import { parseAllowedOrigin } from "../../server/access/origin/origins.ts";
import type { TlsFiles } from "../../server/tls/certificate.ts";
import { type ConfigFile, ConfigFileError } from "../file/config_file.ts";
import { fileCameras } from "../file/file_cameras.ts";
import { fileLayer } from "../file/file_layer.ts";
import {
  H264_ENCODER,
  LOG_FORMAT,
  LOG_LEVEL,
  MAX_CLIENTS,
  PORT,
  variableOf,
} from "../options/options.ts";
import {
  type Environment,
  type Given,
  ownVariable,
  readLayers,
  readOptions,
} from "../options/read_options.ts";
import { UsageError } from "../options/usage_error.ts";
import { parseToken } from "../secrets.ts";
import { type CameraConfig, parseCameras } from "../camera_config.ts";
import { asIs, brokerUrl } from "../options/values.ts";

/** The configuration of `serve`. */
export interface ServeConfig {
  /** The cameras, the default one first; their names differ. */
  readonly cameras: readonly CameraConfig[];
  /** The capture for cameras without settings of their own. */
  readonly capture: Capture;
  /** The address to listen on. */
  readonly host: string;
  /** The port to listen on; 0 picks a free one. */
  readonly port: number;
  /** A Unix socket to listen on instead. */
  readonly unix: string | undefined;
  /** Further viewers are refused. */
  readonly maxClients: number;
  /** The rules of access. */
  readonly access: AccessOptions;
  /** The certificate for https and wss, if they are wanted. */
  readonly tls: TlsFiles | undefined;
  /** The NATS server that the cameras are also published on, if there is one. */
  readonly publish: BrokerAddress | undefined;
  /** The file of credentials for NATS, if there is one. */
  readonly natsCreds: string | undefined;
  /** The ffmpeg to run. */
  readonly ffmpeg: string;
  /** The ffmpeg encoder for H.264; `auto` for the first usual one that works. */
  readonly h264Encoder: string;
  /** Whether to show the page's address as a QR code on a terminal. */
  readonly qr: boolean;
  /** The file that keeps what remote control sets, if there is one. */
  readonly stateFile: string | undefined;
  /** How log lines look. */
  readonly logFormat: LogFormat;
  /** The least important lines that are written. */
  readonly logLevel: LogLevel;
}

/**
 * Parses the options of `serve`; missing ones come from the environment, or else from the file.
 *
 * @throws {UsageError} when an option is unknown, or its value can't be used
 */
export function parseServe(
  args: readonly string[],
  env: Environment = ownVariable,
  file?: ConfigFile,
): ServeConfig {
  const layer = file && fileLayer(file);
  return serveConfig(readOptions("serve", args, { env, file: layer }), { env, file });
}

/**
 * Turns the given options into the configuration of `serve`; other commands use it too.
 *
 * @throws {UsageError} when a value can't be used
 */
export function serveConfig(
  given: Given,
  { env, file }: { env: Environment; file: ConfigFile | undefined },
): ServeConfig {
  if (file === undefined) return readConfig(given, { env });
  try {
    // Checks each of its values, even if another place overrides it.
    readConfig({ ...readLayers([fileLayer(file)]), rest: [] }, { env, file });
  } catch (error) {
    // A missing value may be given in another place.
    if (!(error instanceof UsageError)) throw error;
  }
  file.problems.throwIfAny();
  const config = readConfig(given, { env, file });
  file.problems.throwIfAny();
  return config;
}

function readConfig(
  given: Given,
  { env, file }: { env: Environment; file?: ConfigFile },
): ServeConfig {
  const { value, values, isOn } = given;
  const capture = sharedCapture(given);
  const ofFile = given.placeOf("camera") === undefined ? file?.cameras : undefined;
  const config = {
    cameras: file && ofFile
      ? fileCameras(file, ofFile, capture)
      : values("camera", (texts) => parseCameras(texts, capture)),
    capture,
    host: value("host", "0.0.0.0", hostAlone),
    port: value("port", 8765, PORT),
    maxClients: value("max-clients", 1000, MAX_CLIENTS),
    publish: value("publish", undefined, brokerUrl),
    natsCreds: value("nats-creds", undefined, asIs),
    ffmpeg: value("ffmpeg", "ffmpeg", asIs),
    h264Encoder: value("h264-encoder", "auto", H264_ENCODER),
    qr: !isOn("no-qr"),
    stateFile: value("state-file", undefined, asIs),
    logFormat: value("log-format", "text", LOG_FORMAT),
    logLevel: value("log-level", "info", LOG_LEVEL),
  };
  const allowOrigins = values("allow-origin", (texts) => texts.map(parseAllowedOrigin));
  const trustProxies = values("trust-proxy", checkProxies);
  // This comes after all values were read, since a conflict between two of them ends it.
  const [token, unix, tls] = allOf(
    () => parseToken(given, env),
    () => parseUnix(given),
    () => parseTls(given),
  );
  return { ...config, access: { token, allowOrigins, trustProxies }, unix, tls };
}

/**
 * Reads all of them, so that every fault is reported at once.
 *
 * @throws {UsageError} when one can't be read
 */
function allOf<T extends unknown[]>(...reads: { [I in keyof T]: () => T[I] }): T {
  const errors: UsageError[] = [];
  const values = reads.map((read) => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      errors.push(error);
      return undefined;
    }
  });
  const [first] = errors;
  if (first === undefined) return values as T;
  const messages = new Set(errors.map(({ message }) => message));
  if (messages.size === 1) throw first;
  const isOfFile = errors.some((error) => error instanceof ConfigFileError);
  throw new (isOfFile ? ConfigFileError : UsageError)([...messages].join("\n"));
}

/** An IPv6 address in URL notation is accepted too. */
function hostAlone(host: string): string {
  if (/\/|^\[.*\]:|^[^:]*:\d+$/.test(host)) {
    throw new RangeError(
      `must be a host alone, got ${quote(redactUrls(host))}: the port is given with '--port'`,
    );
  }
  return host.replace(/^\[(.*:.*)\]$/, "$1");
}

function checkProxies(texts: readonly string[]): readonly string[] {
  trustedProxies(texts);
  return texts;
}

/** The one nearer to the command line wins; a single place can't have both. */
function parseUnix(given: Given): string | undefined {
  const { value, rankOf, placeOf } = given;
  const path = value("unix", undefined, asIs);
  if (path === undefined || rankOf("port") < rankOf("unix")) return path;
  if (rankOf("port") > rankOf("unix")) return undefined;
  const places = ["unix", "port"].map((name) =>
    isInFile(given, name) ? `'--${name}'` : `'${placeOf(name)}'`
  );
  throw conflict(given, "unix", `${places.join(" and ")} exclude each other: leave one out`);
}

function isInFile({ placeOf }: Given, name: string): boolean {
  return /:\d+:\d+$/.test(placeOf(name) ?? "");
}

/** Several options that conflict, one of which may be in the file. */
function conflict(given: Given, name: string, message: string): UsageError {
  return isInFile(given, name)
    ? new ConfigFileError(`${given.placeOf(name)}: ${message}`)
    : new UsageError(message);
}

function parseTls(given: Given): TlsFiles | undefined {
  const { value } = given;
  const [cert, key] = [value("cert", undefined, asIs), value("key", undefined, asIs)];
  if (cert !== undefined && key !== undefined) {
    if (parseUnix(given) === undefined) return { cert, key };
    throw conflict(
      given,
      "unix",
      "'--unix' can't be used with '--cert' and '--key': leave them out, and let a proxy in front of the socket do TLS",
    );
  }
  if (cert === undefined && key === undefined) return undefined;
  const [one, other] = cert === undefined ? ["key", "cert"] as const : ["cert", "key"] as const;
  const [here, there] = [one, other].map((name) => `'--${name}' or '${variableOf(name)}'`);
  throw conflict(given, one, `${here} needs ${there} as well`);
}

/** The capture of cameras without settings of their own. */
function sharedCapture(given: Given): Capture {
  const { value, isOn, placeOf } = given;
  let capture = DEFAULT_CAPTURE;
  for (const setting of ALL_SETTINGS) {
    const { name, value: label } = setting;
    const text = label === undefined
      ? placeOf(name) && String(isOn(name))
      : value(name, undefined, (text) => (readSetting(setting, text), text));
    if (text !== undefined) capture = setCapture(capture, name, text);
  }
  if (!isCopyChanged(capture)) return capture;
  const options = changingSettings("and", ({ name }) => `'--${name}'`);
  const rule = `${options} need a new encoding: use an '--encoder' other than copy`;
  throw conflict(given, "encoder", rule);
}
