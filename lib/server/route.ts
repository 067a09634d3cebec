import type { CameraView } from "../stream/cameras.ts";
import type { Grant } from "./access/decision.ts";
import type { LargePictures } from "./websocket/large_pictures.ts";
import type { Metrics } from "./metrics/metrics.ts";
import type { ConnectionFacts } from "./sockets/connection_facts.ts";
import type { Floods } from "./sockets/floods.ts";
import type { Viewers } from "./viewers.ts";

/** The clients that get an answer if there is a token. */
export type Who =
  /** It needs no token. */
  | "everybody"
  /** Clients with the token, or with a share link. */
  | "guests"
  /** Clients with the token. */
  | "owner";

/** One row of the route table: what is answered where, and for whom. */
export interface Route {
  /** The path; `*` for any. */
  readonly path: string;
  /**
   * Other paths for the same.
   *
   * @default {[]}
   */
  readonly aliases?: readonly string[];
  /**
   * mjpg-streamer's name for it: `/?action=NAME` leads here as well.
   *
   * @default {none}
   */
  readonly action?: string;
  /** The methods that it answers. @default {["GET", "HEAD"]} */
  readonly methods?: readonly string[];
  /**
   * Whether it answers only WebSocket handshakes.
   *
   * @default {false}
   */
  readonly isWebSocket?: boolean;
  /** The clients that get it if there is a token. */
  readonly who: Who;
  /**
   * Whether pages of other origins may read it, if they may connect at all.
   *
   * @default {false}
   */
  readonly isCrossOrigin?: boolean;
  /**
   * Whether its successful responses are endless.
   *
   * @default {false}
   */
  readonly isEndless?: boolean;
  /**
   * Whether it is the page that users open: their browser gets a cookie in place of the token.
   *
   * @default {false}
   */
  readonly isPage?: boolean;
  /** Answers a request that was allowed. */
  readonly answer: (asked: Asked, parts: Parts) => Response | Promise<Response>;
}

/** An accepted request. */
export interface Asked {
  /** The request. */
  readonly request: Request;
  /** Its address. */
  readonly url: URL;
  /** The client's rights. */
  readonly grant: Grant;
  /** The cameras that the client may see; a guest's may appear later than the guest. */
  readonly cameras: CameraView;
  /** The connection that the request came through. */
  readonly connection: Connection;
}

/** The connection of a request. */
export interface Connection {
  /** The peer's address: "192.0.2.5:51234". */
  readonly address: string;
  /** Facts about the connection. */
  readonly facts: ConnectionFacts;
  /** Whether it is still open. */
  readonly isThere: () => boolean;
  /** Ends it at once because it is flooding: nothing more is read from it. */
  readonly cut: () => void;
}

/** The parts of the server that handlers share. */
export interface Parts {
  /** All viewers. */
  readonly viewers: Viewers;
  /** Knows which addresses sent floods. */
  readonly floods: Floods;
  /** Logs that pictures are too large for a client. */
  readonly largePictures: LargePictures;
  /** Answers with the page. */
  readonly page: () => Promise<Response>;
  /** The metrics for `GET /metrics`. */
  readonly metrics: Metrics;
  /** The program's version. */
  readonly version: string;
  /** The interval between two pings on a WebSocket, in milliseconds. */
  readonly pingMs: number;
}
