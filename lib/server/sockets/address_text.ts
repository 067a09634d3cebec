/** How an IPv4 peer reads where the listener takes both families. */
const MAPPED = "::ffff:";

/** An address of the other end as it is where only its own family is listened for. */
export function unmapped(hostname: string): string {
  return hostname.startsWith(MAPPED) ? hostname.slice(MAPPED.length) : hostname;
}

/**
 * The other end of a connection, as people write it.
 *
 * @returns "192.0.2.5:51234", "[2001:db8::5]:51234", or "unix" for a Unix socket, whose clients have no name
 */
export function addressText(address: Deno.Addr): string {
  if (address.transport !== "tcp" && address.transport !== "udp") return "unix";
  const { hostname, port } = address;
  const host = unmapped(hostname);
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
