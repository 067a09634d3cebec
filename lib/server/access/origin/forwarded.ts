import { isIP } from "node:net";
import { type AddressSet, addressSet, plainAddress } from "./addresses.ts";

/** The peers that are trusted proxies. */
export interface TrustedProxies extends AddressSet {
  /** Whether clients of our Unix socket are trusted proxies. */
  readonly unix: boolean;
}

/** The client behind a request, and the address that it used. */
export interface Client {
  /** The client's address; none on a Unix socket. */
  readonly address: string | undefined;
  /** The `Host` that the client used, if known. */
  readonly host: string | undefined;
  /** Whether the client is known to use TLS. */
  readonly isSecure: boolean;
  /** Whether there is a proxy that says nothing about its client. */
  readonly isHidden: boolean;
}

/** A request as it reached us. */
export interface Arrival {
  /** Its headers. */
  readonly headers: Headers;
  /** The peer's address; `undefined` on a Unix socket. */
  readonly peer: string | undefined;
  /** The `Host`, if there is one. */
  readonly host: string | undefined;
  /** Whether it came over our own TLS. */
  readonly isTls: boolean;
}

const FORWARDED = ["x-forwarded-for", "forwarded", "x-real-ip", "via"];

/**
 * Parses the values of `--trust-proxy`: addresses, networks, and `unix`.
 *
 * @throws {RangeError} with the violated rule
 */
export function trustedProxies(texts: readonly string[]): TrustedProxies {
  const { has } = addressSet(texts.filter((text) => text !== "unix"));
  return { has, unix: texts.includes("unix") };
}

/** Finds out who asks: forwarding headers count only from trusted proxies. */
export function clientOf(
  { headers, peer, host, isTls }: Arrival,
  proxies: TrustedProxies,
): Client {
  const isTrusted = peer === undefined ? proxies.unix : proxies.has(peer);
  if (!isTrusted) {
    const isHidden = FORWARDED.some((name) => headers.has(name));
    return { address: peer, host, isSecure: isTls, isHidden };
  }
  const proto = last(headers, "x-forwarded-proto")?.toLowerCase();
  const behind = nearestUntrusted(headers.get("x-forwarded-for") ?? "", proxies);
  return {
    address: behind ?? peer,
    host: last(headers, "x-forwarded-host") ?? host,
    isSecure: proto === undefined ? isTls : proto === "https",
    isHidden: behind === undefined,
  };
}

/** Each proxy appends its peer; everything before the first untrusted one may be invented. */
function nearestUntrusted(list: string, proxies: TrustedProxies): string | undefined {
  let nearest: string | undefined;
  for (const entry of list.split(",").reverse()) {
    const address = addressIn(entry.trim());
    if (address === undefined) break;
    nearest = address;
    if (!proxies.has(address)) break;
  }
  return nearest;
}

/** Some proxies add the port. */
function addressIn(entry: string): string | undefined {
  const [, bracketed] = entry.match(/^\[([^\]]+)\](?::\d+)?$/) ?? [];
  const [, withPort] = entry.match(/^([\d.]+):\d+$/) ?? [];
  const address = plainAddress(bracketed ?? withPort ?? entry);
  return address !== undefined && isIP(address) > 0 ? address : undefined;
}

function last(headers: Headers, name: string): string | undefined {
  return headers.get(name)?.split(",").at(-1)?.trim() || undefined;
}
