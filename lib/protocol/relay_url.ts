import { quote } from "./quote.ts";

/** The address of a NATS server, and our identity there. */
export interface BrokerAddress {
  /** Without user and password, fit to be shown: `nats://HOST:4222`. */
  readonly shown: string;
  /** For opening a socket: `HOST:4222`. */
  readonly host: string;
  /** Whether it must speak TLS. */
  readonly tls: boolean;
  /** Our user, if the URL names one. */
  readonly user: string | undefined;
  /** The password for that user. A user without one is a token. */
  readonly password: string | undefined;
}

/** The parts of a NATS URL. */
export interface RelayUrl {
  /** The server. */
  readonly broker: BrokerAddress;
  /** The camera's name: empty if there is none, `*` for every camera. */
  readonly camera: string;
}

const SHAPE = /^(nats|tls):\/\/(?:([^/?#]*)@)?([^/?#@]+)(?:\/([^?#@]*))?$/i;
const HOST = /^(\[[0-9a-f:.]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/i;
const DEFAULT_PORT = 4222;

/** Whether a text is meant as a NATS URL. */
export function isRelayUrl(text: string): boolean {
  return /^(nats|tls):\/\//i.test(text);
}

/**
 * Parses `nats://USER:PASSWORD@HOST:4222/CAMERA`; `tls://` asks for TLS.
 *
 * @param example what such a URL looks like, for the message
 * @throws {RangeError} when it isn't one; the message leaves out anything that may be a password
 */
export function parseRelayUrl(text: string, example = "nats://HOST:4222/NAME"): RelayUrl {
  const [, scheme = "", identity, authority = "", path = ""] = text.match(SHAPE) ?? [];
  const [, hostname, digits = String(DEFAULT_PORT)] = authority.match(HOST) ?? [];
  const port = Number(digits);
  if (hostname === undefined || port < 1 || port > 65_535) {
    throw new RangeError(
      `must be like ${example}, with '/', '?', '#' and '@' in a password written as ` +
        `%2F, %3F, %23 and %40, got ${quote(withoutIdentity(text))}`,
    );
  }
  const [user, ...password] = identity?.split(":") ?? [];
  const host = `${hostname}:${port}`;
  return {
    broker: {
      shown: `${scheme.toLowerCase()}://${host}`,
      host,
      tls: /^tls$/i.test(scheme),
      user: user && decoded(user, "a user"),
      password: password.length > 0 ? decoded(password.join(":"), "a password") : undefined,
    },
    camera: decoded(path, "a camera's name"),
  };
}

/** Everything before the last '@' may be a password, wherever the parts of the URL end. */
function withoutIdentity(text: string): string {
  return text.replace(/^([a-z]+:\/\/).*@/is, "$1").replace(/[?#].*$/s, "");
}

function decoded(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RangeError(`must have each '%' in ${what} written as %25`);
  }
}
