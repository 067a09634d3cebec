import { isLocalAddress } from "./addresses.ts";
import { type Host, isLocalName, parseHost, withoutDot } from "./hosts.ts";

/** The web pages that may connect, besides our own. */
export type OriginRule =
  /** Pages of this machine, of private networks, and files. */
  | { readonly kind: "local" }
  | { readonly kind: "list"; readonly origins: readonly string[] };

/** The server's own address, as its client sees it. */
export interface Self {
  /** The address's host, if the client sent one. */
  readonly host: string | undefined;
  /** Whether the client is known to use TLS. */
  readonly isSecure: boolean;
}

/**
 * Parses a value of `--allow-origin`: an origin, `null`, or `*`.
 *
 * @throws {RangeError} with the violated rule
 */
export function parseAllowedOrigin(text: string): string {
  if (text === "*" || text === "null") return text;
  const url = URL.parse(text);
  const isBare = url !== null && /^\/?$/.test(url.pathname) && !/[?#@]/.test(text);
  if (isBare && url.host !== "" && !text.includes("*")) return originOf(url);
  throw new RangeError(`must be like https://example.org, or 'null', or '*', got '${text}'`);
}

/** The host names in an origin list, for the rule about hosts. */
export function hostsOf(origins: readonly string[]): Set<string> {
  return new Set(origins.flatMap((origin) => {
    const url = URL.parse(origin);
    return url === null ? [] : [withoutDot(url.hostname)];
  }));
}

/** Whether a page of this origin is the server's own. */
export function isOwnOrigin(origin: string, { host, isSecure }: Self): boolean {
  const url = URL.parse(origin);
  if (url === null || host === undefined || !/^https?:$/.test(url.protocol)) return false;
  if (isSecure && url.protocol !== "https:") return false;
  // A proxy may have terminated TLS: each port is compared by the page's scheme.
  const scheme = url.protocol === "https:" ? "https" : "http";
  const own = parseHost(host, scheme);
  return own !== undefined && isSame(own, { name: withoutDot(url.hostname), port: url.port });
}

/**
 * Whether a page with this origin may connect. The server's own page is handled elsewhere.
 *
 * @param origin as in an `Origin` header
 */
export function isAllowedOrigin(origin: string, rule: OriginRule): boolean {
  const url = isNowhere(origin) ? null : URL.parse(origin);
  if (url === null && !isNowhere(origin)) return false;
  if (rule.kind === "list") {
    return rule.origins.includes("*") ||
      rule.origins.includes(url === null ? "null" : originOf(url));
  }
  if (url === null) return true;
  const name = withoutDot(url.hostname);
  if (isLocalAddress(name) || name === "localhost") return true;
  // In an extension's or an app's origin, this part is not the name of a machine.
  return /^https?:$/.test(url.protocol) && isLocalName(name);
}

/**
 * Whether a page has no origin that it could state: a file, or a sandboxed frame, which any page
 * can contain. Browsers send `null`, some apps `file://`.
 */
export function isNowhere(origin: string): boolean {
  return origin === "null" || /^file:/i.test(origin);
}

/** Even if the scheme is not a web scheme, as in some apps. */
function originOf({ protocol, host }: URL): string {
  return `${protocol}//${host}`.toLowerCase();
}

function isSame(a: Host, b: Host): boolean {
  return a.name === b.name && a.port === b.port;
}
