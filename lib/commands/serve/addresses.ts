/** A network interface's address, as `Deno.networkInterfaces()` gives it. */
export interface InterfaceAddress {
  /** The kind of address. */
  family: "IPv4" | "IPv6";
  /** Without a prefix length. */
  address: string;
}

/**
 * The hosts by which viewers can reach a server that listens on `hostname`: this machine first,
 * then its addresses on the local network.
 */
export function viewerHosts(hostname: string, interfaces: readonly InterfaceAddress[]): string[] {
  const isAll = hostname === "0.0.0.0" || hostname === "::";
  if (!isAll) return [hostname.includes(":") ? `[${hostname}]` : hostname];
  const lan = interfaces.filter(({ family, address }) => {
    if (family === "IPv4") return !/^(127|169\.254)\./.test(address);
    // Link-local addresses need a zone, which browsers don't accept.
    return hostname === "::" && !/^(::1$|fe80:)/i.test(address);
  }).map(({ family, address }) => family === "IPv6" ? `[${address}]` : address);
  return ["localhost", ...new Set(lan)];
}
