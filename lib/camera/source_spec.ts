import { redactUrls } from "../log/secrets.ts";
import { quote } from "../protocol/quote.ts";
import { type BrokerAddress, isRelayUrl, parseRelayUrl } from "../protocol/relay_url.ts";

/** The source of a camera's frames, as the user named it. */
export type SourceSpec =
  | { kind: "test" }
  | { kind: "push" }
  | { kind: "index"; index: number }
  | { kind: "device"; path: string }
  | { kind: "name"; name: string }
  | { kind: "url"; url: string }
  | { kind: "file"; path: string };

/** A device of this machine. */
export type DeviceSpec = Extract<SourceSpec, { kind: "index" | "device" | "name" }>;

/** A source that ffmpeg opens, or may open. */
export type FfmpegSpec = DeviceSpec | Extract<SourceSpec, { kind: "url" | "file" }>;

/** A camera that another wscam publishes through NATS; `*` stands for every published camera. */
export interface RelaySpec {
  /** Discriminates it from a {@linkcode SourceSpec}. */
  kind: "relay";
  /** The server. */
  broker: BrokerAddress;
  /** The camera's name there. */
  camera: string;
}

/** A camera as the user asked for it: `NAME=SOURCE` or `SOURCE`. */
export interface CameraSpec {
  /** The name that viewers see. */
  name: string;
  /** The source of its frames. */
  source: SourceSpec | RelaySpec;
}

const NAMED = /^([\p{L}\p{N}][\p{L}\p{M}\p{N} _.-]{0,63})=(.+)$/su;
/** Text of this form is meant as a name and a source; nothing else looks like it. */
const ODDLY_NAMED = /^([^=/\\]*)=(test|push|\d{1,4}|\/dev\/.+|[a-z][a-z0-9+.-]*:\/\/.+)?$/is;
const URL_SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;
/** Schemes of streams that are sent to us: ffmpeg takes no host for them. */
const HOSTLESS = /^(udp|rtp|tcp|srt):\/\/@?:\d+([/?]|$)/i;
const FINGERPRINT = /#fingerprint=([^#]*)$/i;
const SCHEMES = [
  "rtsp",
  "rtsps",
  "rtmp",
  "rtmps",
  "http",
  "https",
  "srt",
  "udp",
  "rtp",
  "tcp",
  "mms",
];
const VIDEO_FILE =
  /\.(3gp|avi|flv|gif|h26[45]|m2ts|m4v|mjpe?g|mkv|mov|mp4|mpe?g|mts|ogv|ts|webm|wmv|y4m)$/i;

/**
 * Parses a value of `--camera`.
 *
 * @throws {RangeError} when the source is empty, or its URL can't be used
 */
export function parseCamera(text: string): CameraSpec {
  const [, name, rest] = text.match(NAMED) ?? [];
  if (name === undefined) againstOddName(text);
  const source = parseSource(rest ?? text);
  if (name !== undefined && source.kind === "relay" && source.camera === "*") {
    throw new RangeError(`must have no name for every camera of a server, got ${quote(name)}`);
  }
  return { name: (name?.trim() ?? defaultName(source)).normalize("NFC"), source };
}

/** The source in words that may be shown to anybody: addresses lose user, password and query. */
export function describeSource(source: CameraSpec["source"]): string {
  switch (source.kind) {
    case "relay":
      return `${source.broker.shown}/${source.camera}`;
    case "test":
    case "push":
      return source.kind;
    case "index":
      return String(source.index);
    case "name":
      return source.name;
    case "url":
      return redactUrl(source.url);
    case "device":
    case "file":
      return source.path;
  }
}

/** Whether a source is a device of this machine. */
export function isDevice(source: CameraSpec["source"]): source is DeviceSpec {
  return ["index", "device", "name"].includes(source.kind);
}

/** Whether ffmpeg opens a source, or may. */
export function isForFfmpeg(source: CameraSpec["source"]): source is FfmpegSpec {
  return isDevice(source) || source.kind === "url" || source.kind === "file";
}

/**
 * The SHA-256 that a camera's certificate must have, as 64 hexadecimal digits; `undefined` if any
 * trusted certificate will do.
 */
export function fingerprintOf(url: string): string | undefined {
  const [, fingerprint] = url.match(FINGERPRINT) ?? [];
  return fingerprint?.replaceAll(":", "").toLowerCase();
}

/** Removes user, password and query from one whole URL, whatever characters they contain. */
export function redactUrl(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)(?:[^/?#]*@)?([^?#]*).*$/is, "$1$2");
}

function againstOddName(text: string): void {
  const [, name, rest] = text.match(ODDLY_NAMED) ?? [];
  if (name === undefined) return;
  if (name !== "" && rest === undefined) {
    throw new RangeError(`must have a source after '=', got ${quote(text)}`);
  }
  throw new RangeError(
    "must have a name of 1 to 64 letters, digits, spaces, '_', '.' and '-' before '=', " +
      `the first a letter or a digit, got ${quote(name)}`,
  );
}

function parseSource(text: string): CameraSpec["source"] {
  if (text.trim() === "") throw new RangeError(`must name a source, got ${quote(text)}`);
  if (text === "test" || text === "push") return { kind: text };
  if (/^\d{1,4}$/.test(text)) return { kind: "index", index: Number(text) };
  if (isRelayUrl(text)) return parseRelay(text);
  if (URL_SCHEME.test(text)) return { kind: "url", url: checkUrl(text) };
  // On Windows, ffmpeg's own name for a device begins with '@device_', for devices that the usual
  // name doesn't identify.
  if (/^(\/dev\/|@device_)/.test(text)) return { kind: "device", path: text };
  if (/[/\\]/.test(text) || VIDEO_FILE.test(text)) return { kind: "file", path: text };
  return { kind: "name", name: text };
}

function parseRelay(url: string): RelaySpec {
  const relay = parseRelayUrl(url);
  if (relay.camera !== "") return { kind: "relay", ...relay };
  throw new RangeError(
    `must name a camera, or '*' for every one: ${relay.broker.shown}/NAME, got ${
      quote(relay.broker.shown)
    }`,
  );
}

function checkUrl(url: string): string {
  const scheme = url.match(URL_SCHEME)?.[1]?.toLowerCase() ?? "";
  if (!SCHEMES.includes(scheme)) {
    throw new RangeError(
      `must be a URL of ${[...SCHEMES, "nats", "tls"].join(", ")}, got ${quote(redactUrls(url))}`,
    );
  }
  const fingerprint = fingerprintOf(url);
  if (fingerprint !== undefined && (scheme !== "https" || !/^[0-9a-f]{64}$/.test(fingerprint))) {
    throw new RangeError(
      "must have '#fingerprint=' only behind an https address, " +
        `and in it the SHA-256 of its certificate as 64 hexadecimal digits, got ${
          quote(redactUrl(url))
        }`,
    );
  }
  const [, authority = "", rest = ""] = url.match(/^[^/]*\/\/([^/?#]*)(.*)$/s) ?? [];
  const isCut = rest.includes("@") && authority.includes(":") && !authority.includes("@");
  // ffmpeg would read a part of the password as the host, and we would show it.
  if (isCut || /#.*@/s.test(rest)) {
    throw new RangeError(
      "must be a URL whose password has '/', '?', '#' and '@' written as %2F, %3F, %23 and %40",
    );
  }
  if (!URL.canParse(url) && !HOSTLESS.test(url)) {
    // Everything before the last '@' may be a password, wherever the parts of the URL end.
    const shown = url.replace(/^([a-z][a-z0-9+.-]*:\/\/).*@/is, "$1");
    throw new RangeError(`must be a whole URL, got ${quote(redactUrls(shown))}`);
  }
  return url;
}

function defaultName(source: CameraSpec["source"]): string {
  if (source.kind === "relay" && source.camera !== "*") return source.camera;
  if (source.kind === "url") return URL.parse(source.url)?.host || "stream";
  if (source.kind === "file") return source.path.split(/[/\\]/).at(-1) ?? source.path;
  return describeSource(source);
}
