import { isIP } from "node:net";
import { type AddressSet, addressSet, plainAddress } from "./addresses.ts";

/** The peers that are proxies whose word about their clients is taken. */
export interface TrustedProxies extends AddressSet {
  /** Whether whoever connects through our Unix socket is one. */
  readonly unix: boolean;
}

/** The client behind a request, and the address that it used. */
export interface Client {
  /** The client's address; none on a Unix socket. */
  readonly address: string | undefined;
  /** The `Host` that the client used, if it is known. */
  readonly host: string | undefined;
  /** Whether the client is known to use TLS. */
  readonly isSecure: boolean;
  /** Whether there is a proxy, and nothing is known of who is behind it. */
  readonly isHidden: boolean;
}

/** A request as it reached us. */
export interface Arrival {
  /** Its headers. */
  readonly headers: Headers;
  /** The peer's address; nothing on a Unix socket. */
  readonly peer: string | undefined;
  /** The `Host`, if one was said. */
  readonly host: string | undefined;
  /** Whether it came over our own TLS. */
  readonly isTls: boolean;
}

const FORWARDED = ["x-forwarded-for", "forwarded", "x-real-ip", "via"];

/**
 * Reads what `--trust-proxy` takes: addresses, networks, and `unix`.
 *
 * @throws {RangeError} with the rule that one breaks
 */
export function trustedProxies(texts: readonly string[]): TrustedProxies {
  const { has } = addressSet(texts.filter((text) => text !== "unix"));
  return { has, unix: texts.includes("unix") };
}

/** Finds out who asks: what proxies say counts only where they are trusted. */
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

/** Each proxy adds its peer at the end; what stands before the first that we don't trust may be invented. */
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
