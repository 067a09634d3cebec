import type { Asked } from "../../lib/server/route.ts";
import { ConnectionFacts } from "../../lib/server/sockets/connection_facts.ts";

export interface AskedOptions {
  cameras: Asked["cameras"];
  /** When the link ends, in milliseconds since 1970. @default {never} */
  expires?: number | undefined;
  /** @default "/" */
  path?: string;
}

/** A request of somebody who may see everything, for parts that answer one. */
export function askedBy({ cameras, expires, path = "/" }: AskedOptions): Asked {
  const url = new URL(path, "http://192.0.2.1:8765");
  return {
    request: new Request(url),
    url,
    cameras,
    grant: {
      rights: "control",
      camera: undefined,
      expires,
      protocol: undefined,
      page: { kind: "none" },
      cookie: undefined,
    } as Asked["grant"],
    connection: {
      address: "192.0.2.5:51234",
      facts: new ConnectionFacts(),
      isThere: () => true,
      cut: () => {},
    },
  };
}
