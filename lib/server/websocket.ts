import { STATUS_CODE } from "@std/http/status";
import { MAX_COMMAND_BYTES, parseCommand } from "../protocol/command.ts";
import { errorText, pongText } from "../protocol/message.ts";
import { parseViewerQuery } from "../protocol/viewer_query.ts";
import type { Viewer } from "../stream/broadcaster.ts";
import type { Channel } from "../stream/channel.ts";
import type { Grant } from "./access.ts";
import { atTime } from "./access/expiry.ts";

/** WebSocket close codes (RFC 6455, 7.4.1). */
const POLICY_VIOLATION = 1008;
const MESSAGE_TOO_BIG = 1009;
const TRY_AGAIN_LATER = 1013;
/** One of our own: the share link that opened the connection has ended. */
const LINK_ENDED = 4401;

/** So many messages in a row that are no commands end a connection. */
const MAX_MALFORMED = 10;
/** Answers that a viewer doesn't read are dropped beyond this, in bytes. */
const MAX_PENDING_ANSWERS = 256 * 1024;

/** Options of {@linkcode acceptViewer}. */
export interface AcceptOptions {
  /** The cameras, the default one first. */
  channels: readonly Channel[];
  /** What the viewer asks for, from the request's address. */
  query: URLSearchParams;
  /** Who is connected; kept up to date here. */
  connections: Set<WebSocket>;
  /** How many may be. */
  maxClients: number;
  /** What the viewer may do, and for how long. */
  grant: Pick<Grant, "expires" | "protocol">;
  /** Called when a viewer has left. */
  onLeave: () => void;
}

/** Makes a viewer of a request for a WebSocket, and answers the request. */
export function acceptViewer(
  request: Request,
  { channels, query, connections, maxClients, grant, onLeave }: AcceptOptions,
): Response {
  let upgrade: Deno.WebSocketUpgrade;
  try {
    // No idle time-out: many clients of simple make answer no pings.
    const { protocol } = grant;
    upgrade = Deno.upgradeWebSocket(request, {
      ...{ idleTimeout: 0 },
      ...(protocol === undefined ? {} : { protocol }),
    });
  } catch {
    const text = "Cannot open WebSocket: the request must be a WebSocket handshake\n";
    return new Response(text, { status: STATUS_CODE.BadRequest });
  }
  const { socket, response } = upgrade;
  socket.binaryType = "arraybuffer";
  let remove: (() => void) | undefined;
  let stopClock = (): void => {};
  const forget = (): void => {
    stopClock();
    remove?.();
    if (connections.delete(socket)) onLeave();
  };
  // Who vanishes before this never counts: for such a socket no event comes at all.
  socket.onopen = () => {
    if (connections.size >= maxClients) return close(socket, TRY_AGAIN_LATER, "Too many viewers");
    connections.add(socket);
    stopClock = atTime(grant.expires, () => {
      close(socket, LINK_ENDED, "This link has ended");
      // Who takes nothing doesn't take this either.
      forget();
    });
    remove = watch(socket, { channels, query, forget });
  };
  // It may come more than once.
  socket.onclose = forget;
  socket.onerror = (event) => event.preventDefault();
  socket.onmessage = createListener(socket);
  return response;
}

/** Sends pictures of the camera that the query names. */
function watch(
  socket: WebSocket,
  { channels, query, forget }: Pick<AcceptOptions, "channels" | "query"> & { forget: () => void },
): (() => void) | undefined {
  const viewer = createViewer(socket, forget);
  const wanted = parseViewerQuery(query, channels.map(({ name }) => name));
  if (!wanted.ok) {
    viewer.send(errorText(wanted.message));
    return undefined;
  }
  return channels.find(({ name }) => name === wanted.camera)?.broadcaster.add(viewer);
}

function createViewer(socket: WebSocket, forget: () => void): Viewer {
  return {
    get pending() {
      return socket.bufferedAmount;
    },
    send: (text) => send(socket, text),
    drop: (reason) => {
      close(socket, POLICY_VIOLATION, reason);
      // Who takes nothing doesn't take this either.
      forget();
    },
  };
}

/** Answers commands. */
function createListener(socket: WebSocket): (event: MessageEvent<unknown>) => void {
  let malformed = 0;
  return ({ data }) => {
    if (byteLength(data) > MAX_COMMAND_BYTES) {
      return close(socket, MESSAGE_TOO_BIG, "A command must be at most 64 KiB");
    }
    const parsed = parseCommand(data);
    malformed = parsed.ok ? 0 : malformed + 1;
    if (malformed >= MAX_MALFORMED) {
      return close(socket, POLICY_VIOLATION, "Ten messages in a row were no commands");
    }
    if (socket.bufferedAmount > MAX_PENDING_ANSWERS) return;
    send(
      socket,
      parsed.ok
        ? pongText(Date.now() / 1000, parsed.command.id)
        : errorText(parsed.message, parsed.id),
    );
  };
}

function byteLength(data: unknown): number {
  if (data instanceof ArrayBuffer) return data.byteLength;
  if (typeof data !== "string") return 0;
  // In UTF-8 a character of a string takes 3 bytes at most: few must be counted.
  if (data.length * 3 <= MAX_COMMAND_BYTES || data.length > MAX_COMMAND_BYTES) return data.length;
  return new TextEncoder().encode(data).length;
}

function send(socket: WebSocket, text: string): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(text);
}

function close(socket: WebSocket, code: number, reason: string): void {
  if (socket.readyState === WebSocket.OPEN) socket.close(code, reason);
}
