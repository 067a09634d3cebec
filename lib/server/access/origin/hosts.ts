import { plainAddress } from "./addresses.ts";

/** A `Host` as a client sent it, taken apart. */
export interface Host {
  /** Lower case, ASCII, without a trailing dot; an IPv6 address is in brackets. */
  readonly name: string;
  /** Empty where it is the scheme's own. */
  readonly port: string;
}

/** The names that are this server's. */
export interface HostRule {
  /** This machine's name. */
  readonly machine: string;
  /** Names that the user gave. */
  readonly named: ReadonlySet<string>;
  /** Whether any name will do. */
  readonly any: boolean;
}

/**
 * Takes a `Host` header apart.
 *
 * @param text as it came: `HOST` or `HOST:PORT`
 * @returns nothing when it is malformed
 */
export function parseHost(text: string, scheme: "http" | "https" = "http"): Host | undefined {
  // The URL parser would take more than a host.
  if (!/^[^\s/?#@\\,]+$/.test(text) || text.startsWith(":")) return undefined;
  const url = URL.parse(`${scheme}://${text.replace(/^\[([^\]%]*)%[^\]]*\]/, "[$1]")}/`);
  if (url === null) return undefined;
  return { name: withoutDot(url.hostname), port: url.port };
}

/**
 * Whether a name can't be one that somebody on the internet made point here (DNS rebinding): it is an
 * address, or no public name, or this machine's, or one that the user named.
 */
export function isKnownHost({ name }: Host, { machine, named, any }: HostRule): boolean {
  if (any || named.has(name) || plainAddress(name) !== undefined) return true;
  return isLocalName(name) || name === withoutDot(machine.toLowerCase());
}

/**
 * Whether a name is one that no public server answers for: it has no dot, or ends as names of this machine
 * (RFC 6761), of a link (RFC 6762), of a home (RFC 8375), of a company (reserved by ICANN), or of many routers'
 * networks do. One rule for `Host` and for `Origin`.
 */
export function isLocalName(name: string): boolean {
  return /^[\w-]+$/.test(name) || /\.(localhost|local|home\.arpa|internal|lan)$/.test(name);
}

/** A name as it is without the dot that marks it as whole. */
export function withoutDot(name: string): string {
  return name.replace(/\.$/, "");
}
