import { STATUS_CODE } from "@std/http/status";
import { errorText, MAX_TEXT_LENGTH } from "../protocol/message.ts";
import { parseQuery } from "../protocol/viewer_settings.ts";
import type { CameraView } from "../stream/cameras.ts";
import { Session } from "../stream/session.ts";
import type { Link } from "../stream/viewer.ts";
import { Annotator } from "./annotator.ts";
import type { Commander } from "./answer.ts";
import { full, plain } from "./answers.ts";
import { CommandListener } from "./command_listener.ts";
import type { Asked, Parts } from "./route.ts";
import { sharerOf } from "./seats.ts";
import { Echo } from "./sockets/echo.ts";
import { Pinger } from "./sockets/ping.ts";
import { readState, type State } from "./state.ts";
import type { Ending, Visit } from "./viewers.ts";

/** The only version of the protocol that ever became a standard, and how that is said (RFC 6455, 4.4). */
const VERSION = "13";
const OTHER_VERSION = { "sec-websocket-version": VERSION, upgrade: "websocket" };
/** WebSocket close codes (RFC 6455, 7.4.1). */
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
/** Deno's code for a connection that has ended without a close. */
const BROKEN_OFF = 0;
const MESSAGE_TOO_BIG = 1009;
const TRY_AGAIN_LATER = 1013;
/** One of our own: the share link that opened the connection has ended. */
const LINK_ENDED = 4401;

/** A pong gets this long to come before we close: half of the time that an end of the program leaves. */
const PONG_MS = 500;

const GOODBYES: Readonly<Record<Ending, readonly [code: number, reason: string]>> = {
  server: [GOING_AWAY, "The server ends"],
  link: [LINK_ENDED, "This link has ended"],
  token: [POLICY_VIOLATION, "The token has changed"],
};

/** Answers a WebSocket handshake, at any path: its sender becomes a viewer. */
export function answerWebSocket(asked: Asked, parts: Parts): Response {
  const { request, grant, connection } = asked;
  const version = request.headers.get("sec-websocket-version");
  if (version !== null && version !== VERSION) {
    const rule = `its 'Sec-WebSocket-Version' must be ${VERSION}`;
    return plain(STATUS_CODE.UpgradeRequired, `Cannot open WebSocket: ${rule}`, OTHER_VERSION);
  }
  const refusal = parts.viewers.refusal(connection.address);
  if (refusal !== undefined) return full(refusal);
  // Deno never frees a connection that was reset before it becomes a WebSocket, and no event tells of it.
  if (!connection.isThere()) {
    return plain(STATUS_CODE.BadRequest, "Cannot open WebSocket: you have gone");
  }
  // Deno would take one without a version.
  const upgraded = version === null ? undefined : upgrade(request, grant.protocol);
  if (upgraded === undefined) {
    return plain(
      STATUS_CODE.BadRequest,
      "Cannot open WebSocket: the request must be a WebSocket handshake",
    );
  }
  const { socket, response } = upgraded;
  const viewer = new SocketViewer(socket, asked, parts);
  // A client that vanishes before this never counts: for such a socket no event comes at all.
  socket.onopen = () => viewer.enter();
  // It may come more than once.
  socket.onclose = ({ code }) => viewer.forget(code);
  socket.onerror = (event) => event.preventDefault();
  socket.onmessage = ({ data }) => viewer.hear(data);
  return response;
}

function upgrade(
  request: Request,
  protocol: string | undefined,
): Deno.WebSocketUpgrade | undefined {
  try {
    return Deno.upgradeWebSocket(request, {
      // None: many clients of simple make answer no pings. They get some, and need not answer.
      idleTimeout: 0,
      ...(protocol === undefined ? {} : { protocol }),
    });
  } catch {
    return undefined;
  }
}

/** A viewer over a WebSocket: its connection, what it watches, and the commands that it sends. */
class SocketViewer implements Link, Commander {
  readonly session: Session;
  readonly cameras: CameraView;
  readonly annotator: Annotator = new Annotator();
  readonly #socket: WebSocket;
  readonly #asked: Asked;
  readonly #parts: Parts;
  readonly #listener: CommandListener;
  readonly #pinger: Pinger;
  readonly #echo: Echo;
  /** The number of messages that were sent and may be too large for some clients. */
  #large = 0;
  #visit: Visit | undefined;
  /** Ends the connection as soon as no answer is on its way any more. */
  #goodbye: { close: () => void; timer: ReturnType<typeof setTimeout> } | undefined;

  constructor(socket: WebSocket, asked: Asked, parts: Parts) {
    this.#socket = socket;
    this.#asked = asked;
    this.#parts = parts;
    this.cameras = asked.cameras;
    const { address } = asked.connection;
    this.session = new Session(this, asked.cameras, {
      address,
      owner: sharerOf(address),
      onFit: (camera) => parts.largePictures.fitted(camera),
    });
    this.#listener = new CommandListener(this);
    this.#pinger = new Pinger(socket, () => this.#hearPong());
    this.#echo = new Echo({
      ping: () => this.#pinger.ping(),
      // A quiet connection is pinged each time, whether it answers or not.
      forgottenMs: parts.pingMs / 2,
    });
    socket.binaryType = "arraybuffer";
  }

  get client(): Asked["connection"]["client"] {
    return this.#asked.connection.client;
  }

  get mayControl(): boolean {
    return this.#asked.grant.rights === "control";
  }

  get pending(): number {
    return this.#socket.bufferedAmount;
  }

  get isTaking(): boolean {
    return this.client.isTaking;
  }

  get isBehind(): boolean {
    return this.#echo.isBehind;
  }

  /** Takes a seat, and sends what the address asks for. */
  enter(): void {
    const { grant: { expires }, connection: { address } } = this.#asked;
    const { viewers, pingMs } = this.#parts;
    const { client } = this;
    client.begin();
    this.#visit = viewers.enter({ address, expires, end: (why) => this.#end(why) });
    if (this.#visit === undefined) {
      client.end();
      return this.close(TRY_AGAIN_LATER, "Too many viewers");
    }
    // Whether it answers pings shows at once; later ones keep proxies from closing a quiet connection.
    this.#echo.ask();
    const asking = setInterval(() => this.#echo.ask(), pingMs);
    this.#visit.atEnd(() => {
      clearInterval(asking);
      this.session.close();
      client.end();
    });
    this.#start();
  }

  /** Is served no more. */
  leave(): void {
    this.#visit?.leave();
    this.#listener.close();
  }

  /** Its connection is closed. */
  forget(code: number): void {
    if (!this.client.isLeaving) this.#tellWhetherTooLarge(code);
    this.leave();
    this.#pinger.stop();
    clearTimeout(this.#goodbye?.timer);
  }

  hear(data: unknown): void {
    this.#pinger.hear();
    this.#listener.hear(data);
  }

  send(message: string | Uint8Array<ArrayBuffer>): void {
    if (this.#socket.readyState !== WebSocket.OPEN || this.client.isLeaving) return;
    this.#socket.send(message);
    if (message.length > MAX_TEXT_LENGTH) this.#large++;
    // A viewer that acknowledges says so itself.
    if (!this.session.settings.ack) this.#echo.sent();
  }

  /** Says goodbye. A client that doesn't answer that is disconnected before long. */
  close(code: number, reason: string): void {
    if (this.client.isLeaving) return;
    this.client.isLeaving = true;
    const close = (): void => {
      if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(code, reason);
    };
    if (!this.#echo.isAsking) return close();
    // Deno breaks a connection off, without code or reason, when a pong comes after our close.
    this.#goodbye = { close, timer: setTimeout(close, PONG_MS) };
  }

  drop(reason: string): void {
    this.close(POLICY_VIOLATION, reason);
    // A client that takes nothing doesn't take this either.
    this.leave();
  }

  readState(): State {
    const state = readState(this.cameras.all, this.#parts.version);
    // A guest need not know who else watches.
    return this.#asked.grant.camera === undefined ? state : { ...state, viewers: [] };
  }

  listen(onChange: () => void): void {
    if (this.#visit !== undefined) this.#visit.onChange = onChange;
  }

  tellChange(): void {
    this.#parts.viewers.tellChange();
  }

  /** The 1009 of a client that reads no further gets stuck: all that is seen is an end within the first large one. */
  #tellWhetherTooLarge(code: number): void {
    const isStuck = code === BROKEN_OFF && this.#large === 1;
    if (code !== MESSAGE_TOO_BIG && !isStuck) return;
    this.#parts.largePictures.refused(this.#asked.connection.address);
  }

  #hearPong(): void {
    if (this.client.isLeaving) return this.#goodbye?.close();
    this.#echo.answered();
    this.session.proceed();
  }

  #end(why: Ending): void {
    this.close(...GOODBYES[why]);
    // After the link's end nothing more is sent; at the server's, a client may still take what is on its way.
    if (why !== "server") this.leave();
  }

  /**
   * Sends what the query asks for. Where a field of it is wrong, the client is told, and gets the
   * default; in place of a camera that isn't there, nothing is shown.
   */
  #start(): void {
    const wanted = parseQuery(this.#asked.url.searchParams);
    if (!wanted.ok) this.send(errorText(`Cannot use address: ${wanted.message}`));
    const configured = this.session.begin(wanted.settings);
    if (!configured.ok) this.send(errorText(`Cannot show camera: ${configured.message}`));
  }
}
