import type { AccessOptions } from "../../server/access/access.ts";
import { isLocalAddress } from "../../server/access/origin/addresses.ts";
import { viewerHosts } from "./addresses.ts";
import type { InterfaceAddress } from "./addresses.ts";

/** A guest with a share link, or anyone with a cookie, can guess a shorter token offline. */
const GOOD_TOKEN_LENGTH = 16;

/** The facts on which {@linkcode exposureWarnings} is based. */
export interface Exposure {
  /** The rules of access. */
  access: AccessOptions;
  /** The address it listens on, as the system knows it: `--host` may be a name, or `::0`. */
  address: Deno.Addr;
  /** This machine's addresses. */
  interfaces: readonly InterfaceAddress[];
}

/** Warns about who can look. */
export function exposureWarnings({ access, address, interfaces }: Exposure): string[] {
  const { token } = access;
  if (token !== undefined) return [weakTokenWarning(token) ?? []].flat();
  if (address.transport !== "tcp") return [];
  const reachable = viewerHosts(address.hostname, interfaces)
    .map((host) => host.replace(/^\[(.*)\]$/, "$1"))
    .filter((host) => host !== "localhost" && !isLocalAddress(host));
  return reachable.slice(0, 1).map((host) =>
    `${host} is a public address, and there is no token: everyone on the internet can watch, ` +
    "unless a firewall prevents it; set '--token', or '--host 127.0.0.1'"
  );
}

/** Warns if the token is short. */
export function weakTokenWarning(token: string): string | undefined {
  if (token.length >= GOOD_TOKEN_LENGTH) return undefined;
  return `The token has ${token.length} characters and could be guessed: take one of ` +
    `${GOOD_TOKEN_LENGTH} or more, as 'openssl rand -hex 16' makes`;
}
