import { STATUS_CODE } from "@std/http/status";
import { type Command, MAX_COMMAND_BYTES, parseCommand } from "../protocol/command.ts";
import { errorText, pongText, statusText } from "../protocol/message.ts";
import { parseViewerQuery } from "../protocol/viewer_query.ts";
import type { Channel } from "../stream/channel.ts";
import { type Link, Viewer } from "../stream/viewer.ts";
import type { Client } from "./client.ts";
import { CommandRate, SUSTAINED } from "./command_rate.ts";
import { createGoodbye } from "./goodbye.ts";
import type { Seats } from "./seats.ts";
import type { State } from "./state.ts";

/** WebSocket close codes (RFC 6455, 7.4.1). */
const POLICY_VIOLATION = 1008;
const MESSAGE_TOO_BIG = 1009;
const TRY_AGAIN_LATER = 1013;

/** So many messages in a row that are no commands end a connection. */
const MAX_MALFORMED = 10;
/** Answers that a viewer doesn't read are dropped beyond this, in bytes. */
const MAX_PENDING_ANSWERS = 256 * 1024;
const TOO_FAST = `Cannot read commands: they must be at most ${SUSTAINED} a second`;

/** Options of {@linkcode acceptViewer}. */
export interface AcceptOptions {
  /** The cameras, the default one first. */
  channels: readonly Channel[];
  /** What the viewer asks for, from the request's address. */
  query: URLSearchParams;
  /** Who it is: "192.0.2.5:51234". */
  address: string;
  /** Who may watch. */
  seats: Seats;
  /** The WebSockets that are open; kept up to date here. */
  sockets: Set<WebSocket>;
  /** What is known of the connection; kept up to date here. */
  client: Client;
  /** Whether the connection is still there. */
  isThere: () => boolean;
  /** What a `status` command is answered with. */
  readState: () => State;
  /** Called when a viewer has left. */
  onLeave: () => void;
}

/** Makes a viewer of a request for a WebSocket, and answers the request. */
export function acceptViewer(request: Request, options: AcceptOptions): Response {
  // Deno never frees a connection that was reset before it becomes a WebSocket, and no event tells of it.
  if (!options.isThere()) return badRequest("Cannot open WebSocket: you have gone");
  let upgrade: Deno.WebSocketUpgrade;
  try {
    // No idle time-out: many clients of simple make answer no pings.
    upgrade = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
  } catch {
    return badRequest("Cannot open WebSocket: the request must be a WebSocket handshake");
  }
  const { socket, response } = upgrade;
  socket.binaryType = "arraybuffer";
  let leave: (() => void) | undefined;
  // Who vanishes before this never counts: for such a socket no event comes at all.
  socket.onopen = () => {
    leave = enter(socket, options, () => leave?.());
  };
  // It may come more than once.
  socket.onclose = () => leave?.();
  socket.onerror = (event) => event.preventDefault();
  socket.onmessage = createListener(socket, options);
  return response;
}

/** Takes a seat and sends pictures, until the function that it returns is called. */
function enter(socket: WebSocket, options: AcceptOptions, forget: () => void): () => void {
  const { seats, sockets, client, address, onLeave } = options;
  client.begin();
  if (seats.refusal(address) !== undefined) {
    close({ socket, client }, TRY_AGAIN_LATER, "Too many viewers");
    return once(() => client.end());
  }
  const stand = seats.take(address);
  sockets.add(socket);
  const remove = watch(socket, options, forget);
  return once(() => {
    remove?.();
    stand();
    sockets.delete(socket);
    client.end();
    onLeave();
  });
}

/** Sends pictures of the camera that the query names. */
function watch(
  socket: WebSocket,
  { channels, query, client, address }: AcceptOptions,
  forget: () => void,
): (() => void) | undefined {
  const viewer = new Viewer(createLink(socket, client, forget), { address });
  const wanted = parseViewerQuery(query, channels.map(({ name }) => name));
  if (!wanted.ok) {
    viewer.tell(errorText(wanted.message));
    return undefined;
  }
  return channels.find(({ name }) => name === wanted.camera)?.broadcaster.add(viewer);
}

function createLink(socket: WebSocket, client: Client, forget: () => void): Link {
  return {
    get pending() {
      return socket.bufferedAmount;
    },
    send: (text) => send(socket, text),
    drop: (reason) => {
      close({ socket, client }, POLICY_VIOLATION, reason);
      // Who takes nothing doesn't take this either.
      forget();
    },
  };
}

/** Answers commands. */
function createListener(
  socket: WebSocket,
  { client, readState }: AcceptOptions,
): (event: MessageEvent<unknown>) => void {
  const rate = new CommandRate();
  let malformed = 0;
  const goodbye = createGoodbye((code, reason) => close({ socket, client }, code, reason));
  socket.addEventListener("close", () => goodbye[Symbol.dispose]());
  const end = goodbye.say;
  return ({ data }) => {
    if (goodbye.isDue) return goodbye.putOff();
    const bytes = byteLength(data);
    client.hear(bytes);
    if (bytes > MAX_COMMAND_BYTES) {
      return end(MESSAGE_TOO_BIG, "A command must be at most 64 KiB");
    }
    const fate = rate.next();
    if (fate === "flood") return end(POLICY_VIOLATION, "Too many commands");
    if (fate === "dropped") return;
    if (fate === "told") return send(socket, errorText(TOO_FAST));
    const parsed = parseCommand(data);
    malformed = parsed.ok ? 0 : malformed + 1;
    if (malformed >= MAX_MALFORMED) {
      return end(POLICY_VIOLATION, "Ten messages in a row were no commands");
    }
    if (socket.bufferedAmount > MAX_PENDING_ANSWERS) return;
    send(
      socket,
      parsed.ok ? answerTo(parsed.command, readState) : errorText(parsed.message, parsed.id),
    );
  };
}

function answerTo({ type, id }: Command, readState: () => State): string {
  switch (type) {
    case "ping":
      return pongText(Date.now() / 1000, id);
    case "status":
      return statusText(readState(), id);
  }
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

function badRequest(text: string): Response {
  return new Response(`${text}\n`, { status: STATUS_CODE.BadRequest });
}
