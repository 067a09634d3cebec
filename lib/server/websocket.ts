import { STATUS_CODE } from "@std/http/status";
import { errorText } from "../protocol/message.ts";
import { parseQuery } from "../protocol/viewer_settings.ts";
import type { CameraView } from "../stream/cameras.ts";
import { Session } from "../stream/session.ts";
import type { Link } from "../stream/viewer.ts";
import type { Grant } from "./access/decision.ts";
import { atTime } from "./access/expiry.ts";
import { full, plain } from "./answers.ts";
import type { Client } from "./sockets/client.ts";
import { ping, stopPinging } from "./sockets/ping.ts";
import { createCommandListener } from "./command_listener.ts";
import type { Seats } from "./seats.ts";
import type { Asked, Parts } from "./route.ts";
import { readState, type State } from "./state.ts";

/** WebSocket close codes (RFC 6455, 7.4.1). */
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
const TRY_AGAIN_LATER = 1013;
/** One of our own: the share link that opened the connection has ended. */
const LINK_ENDED = 4401;

/** Options of {@linkcode acceptViewer}. */
export interface AcceptOptions {
  /** The cameras that the viewer may see. */
  cameras: CameraView;
  /** What the viewer asks for, from the request's address. */
  query: URLSearchParams;
  /** Who it is: "192.0.2.5:51234". */
  address: string;
  /** Who may watch. */
  seats: Seats;
  /** What ends each viewer's connection when the server does; kept up to date here. */
  goodbyes: Set<() => void>;
  /** What is known of the connection; kept up to date here. */
  client: Client;
  /** What the viewer may do, and for how long. */
  grant: Pick<Grant, "expires" | "protocol" | "rights">;
  /** Who is told when a camera was controlled; kept up to date here. */
  curious: Set<() => void>;
  /** Whether the connection is still there. */
  isThere: () => boolean;
  /** What a `status` command is answered with. */
  readState: () => State;
  /** Between two pings, in milliseconds. */
  pingMs: number;
  /** Called when a viewer has left. */
  onLeave: () => void;
}

/** Answers a WebSocket handshake, at any path. */
export function answerWebSocket(
  { request, url, grant, cameras, connection }: Asked,
  { version, ...parts }: Parts,
): Response {
  const { address } = connection;
  const refusal = parts.seats.refusal(address);
  if (refusal !== undefined) return full(refusal);
  return acceptViewer(request, {
    ...parts,
    ...connection,
    cameras,
    grant,
    query: url.searchParams,
    readState: () => {
      const state = readState(cameras.all, version);
      // A guest need not know who else watches.
      return grant.camera === undefined ? state : { ...state, viewers: [] };
    },
  });
}

/** Makes a viewer of a request for a WebSocket, and answers the request. */
export function acceptViewer(request: Request, options: AcceptOptions): Response {
  // Deno never frees a connection that was reset before it becomes a WebSocket, and no event tells of it.
  if (!options.isThere()) {
    return plain(STATUS_CODE.BadRequest, "Cannot open WebSocket: you have gone");
  }
  const { cameras, client, address, grant, curious, readState } = options;
  const upgraded = upgrade(request, grant);
  if (upgraded === undefined) {
    return plain(
      STATUS_CODE.BadRequest,
      "Cannot open WebSocket: the request must be a WebSocket handshake",
    );
  }
  const { socket, response } = upgraded;
  socket.binaryType = "arraybuffer";
  let leave: (() => void) | undefined;
  const link = createLink(socket, client, () => leave?.());
  const session = new Session(link, cameras, { address });
  const listener = createCommandListener({
    ...{ cameras, session, client, curious, readState, link },
    mayControl: grant.rights === "control",
    close: (code, reason) => close({ socket, client }, code, reason),
  });
  // Who vanishes before this never counts: for such a socket no event comes at all.
  socket.onopen = () => {
    leave = enter(socket, options, session, () => leave?.());
  };
  // It may come more than once.
  socket.onclose = () => {
    leave?.();
    listener[Symbol.dispose]();
  };
  socket.onerror = (event) => event.preventDefault();
  socket.onmessage = ({ data }) => listener.hear(data);
  return response;
}

function upgrade(
  request: Request,
  { protocol }: AcceptOptions["grant"],
): Deno.WebSocketUpgrade | undefined {
  try {
    return Deno.upgradeWebSocket(request, {
      // None: many clients of simple make answer no pings. They get some, and need not answer.
      ...{ idleTimeout: 0 },
      ...(protocol === undefined ? {} : { protocol }),
    });
  } catch {
    return undefined;
  }
}

/** Takes a seat and sends pictures, until the function that it returns is called. */
function enter(
  socket: WebSocket,
  options: AcceptOptions,
  session: Session,
  forget: () => void,
): () => void {
  const { seats, goodbyes, client, address, grant, query, onLeave } = options;
  client.begin();
  if (seats.refusal(address) !== undefined) {
    close({ socket, client }, TRY_AGAIN_LATER, "Too many viewers");
    return once(() => client.end());
  }
  const stand = seats.take(address);
  const pinging = setInterval(() => ping(socket), options.pingMs);
  const sayGoodbye = (): void => close({ socket, client }, GOING_AWAY, "The server ends");
  goodbyes.add(sayGoodbye);
  start(socket, query, session);
  const stopClock = atTime(grant.expires, () => {
    close({ socket, client }, LINK_ENDED, "This link has ended");
    // Who takes nothing doesn't take this either.
    forget();
  });
  return once(() => {
    stopClock();
    clearInterval(pinging);
    stopPinging(socket);
    session.close();
    stand();
    goodbyes.delete(sayGoodbye);
    client.end();
    onLeave();
  });
}

/**
 * Sends what the query asks for. Where a field of it is wrong, that is said, and its default is taken; in place of a
 * camera that isn't there, nothing is shown.
 */
function start(socket: WebSocket, query: URLSearchParams, session: Session): void {
  const wanted = parseQuery(query);
  if (!wanted.ok) send(socket, errorText(`Cannot use address: ${wanted.message}`));
  const configured = session.begin(wanted.settings);
  if (!configured.ok) send(socket, errorText(`Cannot show camera: ${configured.message}`));
}

function createLink(socket: WebSocket, client: Client, forget: () => void): Link {
  return {
    get pending() {
      return socket.bufferedAmount;
    },
    get isTaking() {
      return client.isTaking;
    },
    send: (message) => send(socket, message),
    drop: (reason) => {
      close({ socket, client }, POLICY_VIOLATION, reason);
      // Who takes nothing doesn't take this either.
      forget();
    },
  };
}

function send(socket: WebSocket, message: string | Uint8Array<ArrayBuffer>): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(message);
}

/** Says goodbye. Who doesn't answer that is disconnected before long. */
function close(
  { socket, client }: { socket: WebSocket; client: Client },
  code: number,
  reason: string,
): void {
  client.isLeaving = true;
  if (socket.readyState === WebSocket.OPEN) socket.close(code, reason);
}

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    action();
  };
}
