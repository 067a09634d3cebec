/** How an IPv4 peer appears to a listener for both families. */
const MAPPED = "::ffff:";

/** A peer's address, in the notation of its own family. */
export function unmapped(hostname: string): string {
  return hostname.startsWith(MAPPED) ? hostname.slice(MAPPED.length) : hostname;
}

/**
 * A connection's peer, or a listener, as text.
 *
 * @returns "192.0.2.5:51234", "[2001:db8::5]:51234", or "unix" for a Unix socket, whose clients
 *   have no name
 */
export function addressText(address: Deno.Addr): string {
  if (address.transport !== "tcp" && address.transport !== "udp") return "unix";
  const { hostname, port } = address;
  const host = unmapped(hostname);
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
