import { STATUS_CODE } from "@std/http/status";
import { MAX_COMMAND_LENGTH, parseCommand } from "../protocol/command.ts";
import { errorText, pongText } from "../protocol/message.ts";
import { parseViewerQuery } from "../protocol/viewer_query.ts";
import type { Viewer } from "../stream/broadcaster.ts";
import type { Channel } from "../stream/channel.ts";

/** WebSocket close codes (RFC 6455, 7.4.1). */
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
const MESSAGE_TOO_BIG = 1009;

/** So many messages in a row that are no commands end a connection. */
const MAX_MALFORMED = 10;
/** Answers that a viewer doesn't read are dropped beyond this, in bytes. */
const MAX_PENDING_ANSWERS = 256 * 1024;

/** A viewer that is connected, for as long as it is. */
export interface Connection {
  /** Ends it in an orderly way, since the server ends. */
  goAway(): void;
}

/** Options of {@linkcode acceptViewer}. */
export interface AcceptOptions {
  /** The cameras, the default one first. */
  channels: readonly Channel[];
  /** What the viewer asks for, from the request's address. */
  query: URLSearchParams;
  /** Who is connected; kept up to date here. */
  connections: Set<Connection>;
}

/** Makes a viewer of a request for a WebSocket, and answers the request. */
export function acceptViewer(
  request: Request,
  { channels, query, connections }: AcceptOptions,
): Response {
  let upgrade: Deno.WebSocketUpgrade;
  try {
    // No idle time-out: many clients of simple make answer no pings.
    upgrade = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
  } catch {
    const text = "Cannot open WebSocket: the request must be a WebSocket handshake\n";
    return new Response(text, { status: STATUS_CODE.BadRequest });
  }
  const { socket, response } = upgrade;
  const connection: Connection = { goAway: () => close(socket, GOING_AWAY, "The server ends") };
  connections.add(connection);
  let remove: (() => void) | undefined;
  socket.onopen = () => {
    if (!connections.has(connection)) return;
    remove = watch(socket, { channels, query });
  };
  // 'close' may come more than once, or without 'open'.
  socket.onclose = () => {
    connections.delete(connection);
    remove?.();
  };
  socket.onerror = (event) => event.preventDefault();
  socket.onmessage = createListener(socket);
  return response;
}

/** Sends pictures of the camera that the query names. */
function watch(
  socket: WebSocket,
  { channels, query }: { channels: readonly Channel[]; query: URLSearchParams },
): (() => void) | undefined {
  const viewer = createViewer(socket);
  const wanted = parseViewerQuery(query, channels.map(({ name }) => name));
  if (!wanted.ok) {
    viewer.send(errorText(wanted.message));
    return undefined;
  }
  return channels.find(({ name }) => name === wanted.camera)?.broadcaster.add(viewer);
}

function createViewer(socket: WebSocket): Viewer {
  return {
    get pending() {
      return socket.bufferedAmount;
    },
    send: (text) => send(socket, text),
    drop: (reason) => close(socket, POLICY_VIOLATION, reason),
  };
}

/** Answers commands. */
function createListener(socket: WebSocket): (event: MessageEvent<unknown>) => void {
  let malformed = 0;
  return ({ data }) => {
    if (typeof data === "string" && data.length > MAX_COMMAND_LENGTH) {
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

function send(socket: WebSocket, text: string): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(text);
}

function close(socket: WebSocket, code: number, reason: string): void {
  if (socket.readyState === WebSocket.OPEN) socket.close(code, reason);
}
