import { addressText } from "./address_text.ts";
import type { Endpoint, Sockets } from "../../system/sockets.ts";

/** A connection that our listener has accepted. */
export interface Accepted {
  /** Its number in this process. */
  readonly descriptor: number;
  /** Its other end, "192.0.2.5:51234". */
  readonly address: string;
  /** The peer, in the form of {@linkcode Sockets.peerKey}. */
  readonly key: number;
}

/**
 * The system assigns the lowest free number to each new descriptor, so none is much above the
 * highest one seen so far; this leaves room for many that come between two checks.
 */
const ROOM = 512;

/** The connections that one listener of this process has accepted. */
export class AcceptedConnections {
  readonly #sockets: Sockets;
  readonly #port: number;
  readonly #host: string;
  #known = new Map<number, Accepted>();
  #highest = 0;

  /**
   * The connections of a listener; for one that listens on all addresses, its port identifies it.
   */
  constructor(sockets: Sockets, { hostname, port }: Endpoint) {
    this.#sockets = sockets;
    this.#port = port;
    this.#host = hostname;
  }

  /** Returns all of them. A connection seen before is the same object again. */
  look(): Iterable<Accepted> {
    const found = new Map<number, Accepted>();
    for (const [descriptor, key] of this.#peers()) {
      const known = this.#known.get(descriptor);
      const accepted = known?.key === key ? known : this.#read(descriptor, key);
      if (accepted !== undefined) found.set(descriptor, accepted);
    }
    this.#known = found;
    return found.values();
  }

  /** Whether a connection from an address is open. A reset connection has no peer any more. */
  has(address: string): boolean {
    const port = Number(address.slice(address.lastIndexOf(":") + 1));
    for (const [descriptor, key] of this.#peers()) {
      if (key % PORTS === port && this.#read(descriptor, key)?.address === address) return true;
    }
    return false;
  }

  /** The connected descriptors, and {@linkcode Sockets.peerKey} of each. */
  *#peers(): Generator<[descriptor: number, key: number]> {
    let end = this.#highest + ROOM;
    let highest = 0;
    for (let descriptor = 3; descriptor <= end; descriptor++) {
      const key = this.#sockets.peerKey(descriptor);
      if (key === undefined) continue;
      highest = descriptor;
      end = Math.max(end, descriptor + ROOM);
      yield [descriptor, key];
    }
    this.#highest = highest;
  }

  #read(descriptor: number, key: number): Accepted | undefined {
    // A connection of our own to our port has another local port.
    if (this.#sockets.portOf(descriptor, "local") !== this.#port) return undefined;
    const local = this.#sockets.endpoint(descriptor, "local");
    const peer = this.#sockets.endpoint(descriptor, "peer");
    if (local === undefined || peer === undefined) return undefined;
    if (!ANY.has(this.#host) && local.hostname !== this.#host) return undefined;
    return { descriptor, key, address: addressText({ transport: "tcp", ...peer }) };
  }
}

const PORTS = 0x10000;
const ANY: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);
