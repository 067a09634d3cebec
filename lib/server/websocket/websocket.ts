import { errorText, MAX_TEXT_LENGTH } from "../../protocol/message.ts";
import { parseQuery } from "../../protocol/viewer_settings.ts";
import type { CameraView } from "../../stream/cameras.ts";
import { Session } from "../../stream/viewer/session.ts";
import type { Link } from "../../stream/viewer/link.ts";
import { Annotator } from "./annotator.ts";
import type { Commander } from "./answer.ts";
import {
  BROKEN_OFF,
  GOING_AWAY,
  GOODBYES,
  MESSAGE_TOO_BIG,
  POLICY_VIOLATION,
  TRY_AGAIN_LATER,
} from "./close_codes.ts";
import { CommandListener } from "./command_listener.ts";
import { openSocket } from "./handshake.ts";
import type { Asked, Parts } from "../route.ts";
import { sharerOf } from "../seats.ts";
import { Echo } from "../sockets/echo.ts";
import type { Floods } from "../sockets/floods.ts";
import { Pinger } from "../sockets/ping.ts";
import { readState, type State } from "../state.ts";
import type { Ending, Visit } from "../viewers.ts";

/**
 * A pong gets this long to arrive before we close: half of the time for closing connections when
 * the program ends, and enough for a busy client.
 */
const PONG_MS = { atEnd: 150, usual: 1000 };

/** Answers a WebSocket handshake, at any path: its sender becomes a viewer. */
export function answerWebSocket(asked: Asked, parts: Parts): Response {
  const opened = openSocket(asked, parts);
  if (opened instanceof Response) return opened;
  const { socket, response } = opened;
  const viewer = new SocketViewer(socket, asked, parts);
  // No event at all reports a client that vanishes before this, so it must not count.
  socket.onopen = () => viewer.enter();
  // It may come more than once.
  socket.onclose = ({ code }) => viewer.forget(code);
  socket.onerror = (event) => event.preventDefault();
  socket.onmessage = ({ data }) => viewer.hear(data);
  return response;
}

/** A viewer over a WebSocket: its connection, what it watches, and the commands it sends. */
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
  /** The number of sent messages that may be too large for some clients. */
  #large = 0;
  #visit: Visit | undefined;
  /** Whether it gets nothing but the close from now on. */
  #isLeaving = false;
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
      // A quiet connection is always pinged, whether it answers or not.
      forgottenMs: parts.pingMs / 2,
    });
    socket.binaryType = "arraybuffer";
  }

  get facts(): Asked["connection"]["facts"] {
    return this.#asked.connection.facts;
  }

  get mayControl(): boolean {
    return this.#asked.grant.rights === "control";
  }

  get pending(): number {
    return this.#socket.bufferedAmount;
  }

  get isTaking(): boolean {
    return this.facts.isTaking;
  }

  get isBehind(): boolean {
    return this.#echo.isBehind;
  }

  /** Takes a seat, and sends what the address asks for. */
  enter(): void {
    const { grant: { expires }, connection: { address } } = this.#asked;
    const { viewers, pingMs } = this.#parts;
    const { facts } = this;
    facts.begin();
    this.#visit = viewers.enter({ address, expires, end: (why) => this.#end(why) });
    if (this.#visit === undefined) {
      facts.end();
      return this.close(TRY_AGAIN_LATER, "Too many viewers");
    }
    // Whether it answers pings becomes clear at once; later ones keep proxies from closing a quiet
    // connection.
    this.#echo.ask();
    const asking = setInterval(() => this.#echo.ask(), pingMs);
    this.#visit.atEnd(() => {
      clearInterval(asking);
      this.session.close();
      facts.end();
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
    if (!this.#isLeaving) this.#tellWhetherTooLarge(code);
    this.leave();
    this.#pinger.stop();
    clearTimeout(this.#goodbye?.timer);
  }

  hear(data: unknown): void {
    this.#pinger.hear();
    this.#listener.hear(data);
  }

  send(message: string | Uint8Array<ArrayBuffer>): void {
    if (this.#socket.readyState !== WebSocket.OPEN || this.#isLeaving) return;
    this.#socket.send(message);
    if (message.length > MAX_TEXT_LENGTH) this.#large++;
    // A viewer that acknowledges reports this itself.
    if (!this.session.settings.ack) this.#echo.sent();
  }

  /** Closes the connection. A client that doesn't answer is disconnected soon after. */
  close(code: number, reason: string): void {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    const close = (): void => {
      this.facts.isLeaving = true;
      if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(code, reason);
    };
    if (!this.#echo.isAsking) return close();
    // If a pong arrives after our close, Deno breaks off the connection without code or reason.
    const ms = code === GOING_AWAY ? PONG_MS.atEnd : PONG_MS.usual;
    this.#goodbye = { close, timer: setTimeout(close, ms) };
  }

  get address(): string {
    return this.#asked.connection.address;
  }

  get floods(): Floods {
    return this.#parts.floods;
  }

  cut(): void {
    this.#asked.connection.cut();
  }

  drop(reason: string): void {
    this.close(POLICY_VIOLATION, reason);
    // A client that reads nothing doesn't read this either.
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

  /**
   * A client that stops reading can't deliver its 1009: all we see is an end within the first large
   * message.
   */
  #tellWhetherTooLarge(code: number): void {
    const isStuck = code === BROKEN_OFF && this.#large === 1;
    if (code !== MESSAGE_TOO_BIG && !isStuck) return;
    this.#parts.largePictures.refused(this.#asked.connection.address);
  }

  #hearPong(): void {
    if (this.#isLeaving) return this.#goodbye?.close();
    this.#echo.answered();
    this.session.proceed();
  }

  #end(why: Ending): void {
    this.close(...GOODBYES[why]);
    // After a link's end nothing more is sent; when the server ends, a client may still receive
    // what is on its way.
    if (why !== "server") this.leave();
  }

  /**
   * Sends what the query asks for. If a field is wrong, the client is told, and the default is
   * used; for a missing camera, nothing is shown.
   */
  #start(): void {
    const wanted = parseQuery(this.#asked.url.searchParams);
    if (!wanted.ok) this.send(errorText(`Cannot use address: ${wanted.message}`));
    const configured = this.session.begin(wanted.settings);
    if (!configured.ok) this.send(errorText(`Cannot show camera: ${configured.message}`));
  }
}
