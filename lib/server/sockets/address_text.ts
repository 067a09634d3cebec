/** How an IPv4 peer reads where the listener takes both families. */
const MAPPED = "::ffff:";

/**
 * The other end of a connection, as people write it.
 *
 * @returns "192.0.2.5:51234", "[2001:db8::5]:51234", or "unix" for a Unix socket, whose clients have no name
 */
export function addressText(address: Deno.Addr): string {
  if (address.transport !== "tcp" && address.transport !== "udp") return "unix";
  const { hostname, port } = address;
  const host = hostname.startsWith(MAPPED) ? hostname.slice(MAPPED.length) : hostname;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
