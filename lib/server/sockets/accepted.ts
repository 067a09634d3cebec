import { addressText } from "./address_text.ts";
import type { Endpoint, Sockets } from "../../system/sockets.ts";

/** A connection that our listener has accepted. */
export interface Accepted {
  /** Its number in this process. */
  readonly descriptor: number;
  /** Its other end, "192.0.2.5:51234". */
  readonly address: string;
  /** The same end, as {@linkcode Sockets.peerKey} has it. */
  readonly key: number;
}

/**
 * The system gives each new descriptor the lowest number that is free. So none lies much above the
 * highest that was ever seen; this leaves room for many that come between two looks.
 */
const ROOM = 512;

/** The connections that one listener of this process has accepted. */
export class AcceptedConnections {
  readonly #sockets: Sockets;
  readonly #port: number;
  readonly #host: string;
  #known = new Map<number, Accepted>();
  #highest = 0;

  /** Those of a listener; of one that listens on all addresses, its port says enough. */
  constructor(sockets: Sockets, { hostname, port }: Endpoint) {
    this.#sockets = sockets;
    this.#port = port;
    this.#host = hostname;
  }

  /** Looks at all. A connection that was there at the last look is the same object again. */
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

  /** Whether a connection from an address is there. One that was reset has no other end any more. */
  has(address: string): boolean {
    const port = Number(address.slice(address.lastIndexOf(":") + 1));
    for (const [descriptor, key] of this.#peers()) {
      if (key % PORTS === port && this.#read(descriptor, key)?.address === address) return true;
    }
    return false;
  }

  /** The descriptors that are connected with anybody, and {@linkcode Sockets.peerKey} of each. */
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
    // A connection of ours to our own port has another port on its own side.
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
