import { plainAddress } from "./addresses.ts";

/** A parsed `Host` header. */
export interface Host {
  /** Lower case, ASCII, without a trailing dot; an IPv6 address is in brackets. */
  readonly name: string;
  /** Empty for the scheme's default port. */
  readonly port: string;
}

/** The names by which this server may be called. */
export interface HostRule {
  /** This machine's name. */
  readonly machine: string;
  /** Names given by the user. */
  readonly named: ReadonlySet<string>;
  /** Whether any name will do. */
  readonly any: boolean;
}

/**
 * Parses a `Host` header.
 *
 * @param text as received: `HOST` or `HOST:PORT`
 * @returns `undefined` when it is malformed
 */
export function parseHost(text: string, scheme: "http" | "https" = "http"): Host | undefined {
  // The URL parser would accept more than a host.
  if (!/^[^\s/?#@\\,]+$/.test(text) || text.startsWith(":")) return undefined;
  const url = URL.parse(`${scheme}://${text.replace(/^\[([^\]%]*)%[^\]]*\]/, "[$1]")}/`);
  if (url === null) return undefined;
  return { name: withoutDot(url.hostname), port: url.port };
}

/**
 * Whether a name is safe from DNS rebinding, in which somebody on the internet makes a name point
 * here: it is an address, a non-public name, this machine's own, or one that the user named.
 */
export function isKnownHost({ name }: Host, { machine, named, any }: HostRule): boolean {
  if (any || named.has(name) || plainAddress(name) !== undefined) return true;
  return isLocalName(name) || name === withoutDot(machine.toLowerCase());
}

/**
 * Whether no public server can have a name: it has no dot, or one of the endings for names of this
 * machine (RFC 6761), of a link (RFC 6762), of a home network (RFC 8375), of a company (reserved by
 * ICANN), or of many routers' networks. One rule for `Host` and for `Origin`.
 */
export function isLocalName(name: string): boolean {
  return /^[\w-]+$/.test(name) || /\.(localhost|local|home\.arpa|internal|lan)$/.test(name);
}

/** A name without the trailing dot that marks it as absolute. */
export function withoutDot(name: string): string {
  return name.replace(/\.$/, "");
}
