import type { CameraView } from "../stream/cameras.ts";
import type { Grant } from "./access/decision.ts";
import type { LargePictures } from "./websocket/large_pictures.ts";
import type { Metrics } from "./metrics/metrics.ts";
import type { ConnectionFacts } from "./sockets/connection_facts.ts";
import type { Floods } from "./sockets/floods.ts";
import type { Viewers } from "./viewers.ts";

/** The clients that get an answer where there is a token. */
export type Who =
  /** It needs no token. */
  | "everybody"
  /** Clients with the token, or with a share link. */
  | "guests"
  /** Clients with the token. */
  | "owner";

/** One row of the table of what is answered where, for whom. */
export interface Route {
  /** The path; `*` for any. */
  readonly path: string;
  /** Other paths for the same. @default {[]} */
  readonly aliases?: readonly string[];
  /** mjpg-streamer's name for it: `/?action=NAME` leads here as well. @default {none} */
  readonly action?: string;
  /** The methods that it answers. @default {["GET", "HEAD"]} */
  readonly methods?: readonly string[];
  /** Whether it answers WebSocket handshakes, and nothing else. @default {false} */
  readonly isWebSocket?: boolean;
  /** The clients that get it where there is a token. */
  readonly who: Who;
  /** Whether pages of other origins may read it, those that may connect at all. @default {false} */
  readonly isCrossOrigin?: boolean;
  /** Whether its answers go on until somebody ends them, where all is well. @default {false} */
  readonly isEndless?: boolean;
  /** Whether it is the page that people open: their browser gets a cookie in the place of the token. @default {false} */
  readonly isPage?: boolean;
  /** Answers a request of somebody who may ask. */
  readonly answer: (asked: Asked, parts: Parts) => Response | Promise<Response>;
}

/** A request that was let in. */
export interface Asked {
  /** The request. */
  readonly request: Request;
  /** Its address. */
  readonly url: URL;
  /** The client's rights. */
  readonly grant: Grant;
  /** The cameras that who asks may see; a guest's may come after the guest. */
  readonly cameras: CameraView;
  /** The connection that the request came through. */
  readonly connection: Connection;
}

/** The connection that a request came through. */
export interface Connection {
  /** The peer's address: "192.0.2.5:51234". */
  readonly address: string;
  /** Facts about the connection. */
  readonly facts: ConnectionFacts;
  /** Whether it is still there. */
  readonly isThere: () => boolean;
  /** Ends it at once, for it is flooding: nothing more is read of what it sends. */
  readonly cut: () => void;
}

/** The parts of the server that handlers share. */
export interface Parts {
  /** Everybody who is sent pictures. */
  readonly viewers: Viewers;
  /** Knows from where floods came. */
  readonly floods: Floods;
  /** Says that pictures are too large for somebody. */
  readonly largePictures: LargePictures;
  /** Answers with the page. */
  readonly page: () => Promise<Response>;
  /** The figures for `GET /metrics`. */
  readonly metrics: Metrics;
  /** The program's version. */
  readonly version: string;
  /** Between two pings on a WebSocket, in milliseconds. */
  readonly pingMs: number;
}
