import { STATUS_CODE } from "@std/http/status";
import { MAX_COMMAND_BYTES, parseCommand } from "../protocol/command.ts";
import { errorText, statusText } from "../protocol/message.ts";
import { parseQuery } from "../protocol/viewer_settings.ts";
import type { Channel } from "../stream/channel.ts";
import { Session } from "../stream/session.ts";
import type { Link } from "../stream/viewer.ts";
import type { Grant } from "./access/decision.ts";
import { atTime } from "./access/expiry.ts";
import { answerTo } from "./answer.ts";
import type { Client } from "./client.ts";
import { CommandRate, SUSTAINED } from "./command_rate.ts";
import { createGoodbye } from "./goodbye.ts";
import type { Seats } from "./seats.ts";
import type { State } from "./state.ts";

/** WebSocket close codes (RFC 6455, 7.4.1). */
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
const MESSAGE_TOO_BIG = 1009;
const TRY_AGAIN_LATER = 1013;
/** One of our own: the share link that opened the connection has ended. */
const LINK_ENDED = 4401;

/** So many messages in a row that are no commands end a connection. */
const MAX_MALFORMED = 10;
/** Answers that a viewer doesn't read are dropped beyond this, in bytes. */
const MAX_PENDING_ANSWERS = 256 * 1024;
const TOO_FAST = `Cannot read commands: they must be at most ${SUSTAINED} a second`;

/** Options of {@linkcode acceptViewer}. */
export interface AcceptOptions {
  /** The cameras that the viewer may see now, the default one first. */
  channels: () => readonly Channel[];
  /** Whether cameras come and go. */
  hasChangingCameras: boolean;
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
  /** Called when a viewer has left. */
  onLeave: () => void;
}

/** Makes a viewer of a request for a WebSocket, and answers the request. */
export function acceptViewer(request: Request, options: AcceptOptions): Response {
  // Deno never frees a connection that was reset before it becomes a WebSocket, and no event tells of it.
  if (!options.isThere()) return badRequest("Cannot open WebSocket: you have gone");
  const { protocol } = options.grant;
  let upgrade: Deno.WebSocketUpgrade;
  try {
    // No idle time-out: many clients of simple make answer no pings.
    upgrade = Deno.upgradeWebSocket(request, {
      ...{ idleTimeout: 0 },
      ...(protocol === undefined ? {} : { protocol }),
    });
  } catch {
    return badRequest("Cannot open WebSocket: the request must be a WebSocket handshake");
  }
  const { socket, response } = upgrade;
  socket.binaryType = "arraybuffer";
  const { channels, client, address, hasChangingCameras } = options;
  let leave: (() => void) | undefined;
  const link = createLink(socket, client, () => leave?.());
  const session = new Session(link, channels, { address, hasChangingCameras });
  // Who vanishes before this never counts: for such a socket no event comes at all.
  socket.onopen = () => {
    leave = enter(socket, options, session, () => leave?.());
  };
  // It may come more than once.
  socket.onclose = () => leave?.();
  socket.onerror = (event) => event.preventDefault();
  socket.onmessage = createListener(socket, options, session);
  return response;
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
    session.close();
    stand();
    goodbyes.delete(sayGoodbye);
    client.end();
    onLeave();
  });
}

/** Sends what the query asks for. Where a field of it is wrong, that is said, and its default is taken. */
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

/** Answers commands. */
function createListener(
  socket: WebSocket,
  { channels, client, grant, curious, readState }: AcceptOptions,
  session: Session,
): (event: MessageEvent<unknown>) => void {
  const rate = new CommandRate();
  let malformed = 0;
  const goodbye = createGoodbye((code, reason) => close({ socket, client }, code, reason));
  socket.addEventListener("close", () => goodbye[Symbol.dispose]());
  const end = goodbye.say;
  const tellState = (): void => {
    if (socket.bufferedAmount <= MAX_PENDING_ANSWERS) send(socket, statusText(readState()));
  };
  socket.addEventListener("close", () => curious.delete(tellState));
  const options = {
    ...{ channels, session, readState, mayControl: grant.rights === "control" },
    onAsked: () => void curious.add(tellState),
    onControlled: () => curious.forEach((tell) => tell()),
  };
  const reply = (answer: string): void => {
    if (socket.bufferedAmount <= MAX_PENDING_ANSWERS) send(socket, answer);
  };
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
    // What changes nothing but to be answered is of no use to who doesn't read.
    const isIdle = !parsed.ok || ["ping", "status"].includes(parsed.command.type);
    if (isIdle && socket.bufferedAmount > MAX_PENDING_ANSWERS) return;
    const answer = parsed.ok
      ? answerTo(parsed.command, options)
      : errorText(parsed.message, parsed.id);
    if (answer instanceof Promise) answer.then(reply);
    else if (answer !== undefined) reply(answer);
  };
}

function byteLength(data: unknown): number {
  if (data instanceof ArrayBuffer) return data.byteLength;
  if (typeof data !== "string") return 0;
  // In UTF-8 a character of a string takes 3 bytes at most: few must be counted.
  if (data.length * 3 <= MAX_COMMAND_BYTES || data.length > MAX_COMMAND_BYTES) return data.length;
  return new TextEncoder().encode(data).length;
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

function badRequest(text: string): Response {
  return new Response(`${text}\n`, { status: STATUS_CODE.BadRequest });
}
