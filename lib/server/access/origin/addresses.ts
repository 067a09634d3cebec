import { BlockList, isIP } from "node:net";

/** Networks that are not part of the internet, according to RFC 6890 and Private Network Access. */
const LOCAL_NETWORKS: readonly (readonly [network: string, prefix: number])[] = [
  ["127.0.0.0", 8],
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["169.254.0.0", 16],
  // Carrier-grade NAT: not reachable from the internet; Tailscale's addresses are in it.
  ["100.64.0.0", 10],
  // Pages on this machine are often opened by this name.
  ["0.0.0.0", 32],
  ["::1", 128],
  ["fc00::", 7],
  ["fe80::", 10],
];

const LOCAL = addressSet(LOCAL_NETWORKS.map(([network, prefix]) => `${network}/${prefix}`));

/** A set of addresses and networks. */
export interface AddressSet {
  /** Whether an address is in it. */
  has(address: string): boolean;
}

/**
 * Parses a set of addresses (`10.0.0.7`) and networks (`10.0.0.0/8`, `fd00::/8`).
 *
 * @throws {RangeError} with the violated rule
 */
export function addressSet(texts: readonly string[]): AddressSet {
  const list = new BlockList();
  for (const text of texts) {
    const [network = "", prefix, ...more] = text.split("/");
    const family = isIP(network);
    const bits = Number(prefix ?? (family === 4 ? 32 : 128));
    const isWhole = prefix === undefined || /^\d{1,3}$/.test(prefix);
    if (family === 0 || more.length > 0 || !isWhole || bits > (family === 4 ? 32 : 128)) {
      throw new RangeError(`must be an address or a network like 10.0.0.0/8, got '${text}'`);
    }
    list.addSubnet(network, bits, family === 4 ? "ipv4" : "ipv6");
  }
  return {
    has(address) {
      const plain = plainAddress(address);
      return plain !== undefined && list.check(plain, isIP(plain) === 4 ? "ipv4" : "ipv6");
    },
  };
}

/** Whether an address belongs to this machine or to a private network. */
export function isLocalAddress(address: string): boolean {
  return LOCAL.has(address);
}

/** An address without brackets or zone, as IPv4 if possible; `undefined` for other texts. */
export function plainAddress(text: string): string | undefined {
  const bare = text.replace(/^\[(.*)\]$/, "$1").replace(/%.*$/s, "");
  if (isIP(bare) !== 6) return isIP(bare) === 4 ? bare : undefined;
  // The URL parser normalizes an IPv6 address to its only short form (WHATWG URL, 3.5).
  const short = new URL(`http://[${bare}]/`).hostname.slice(1, -1);
  const [, high, low] = short.match(/^::ffff:([0-9a-f]+):([0-9a-f]+)$/) ?? [];
  if (high === undefined || low === undefined) return short;
  const bytes = [high, low].map((word) => parseInt(word, 16)).flatMap((n) => [n >> 8, n & 0xff]);
  return bytes.join(".");
}

/** The network that an address is counted under: the owner of an IPv6 address has its whole /64. */
export function networkOf(address: string): string {
  const plain = plainAddress(address) ?? address;
  if (isIP(plain) !== 6) return plain;
  const [head = "", tail] = plain.split("::");
  const words = head.split(":").filter((word) => word !== "");
  const after = tail?.split(":").filter((word) => word !== "") ?? [];
  const zeros = Array.from({ length: 8 - words.length - after.length }, () => "0");
  return [...words, ...(tail === undefined ? [] : zeros), ...after].slice(0, 4).join(":") + "::/64";
}
