import { STATUS_CODE } from "@std/http/status";
import { MAX_PUSHED_TEXT } from "../../camera/push/pushed_picture.ts";
import type { Inlet, PusherSeat, PushingProgram } from "../../camera/push/inlet.ts";
import type { FailureCode } from "../../frame/source_error.ts";
import { errorText } from "../../protocol/message.ts";
import { quote } from "../../protocol/quote.ts";
import type { CameraView } from "../../stream/cameras.ts";
import type { ServedCamera } from "../../stream/served_camera.ts";
import { sleep } from "../../time/sleep.ts";
import { plain } from "../answers.ts";
import {
  GOING_AWAY,
  GOODBYES,
  MESSAGE_TOO_BIG,
  POLICY_VIOLATION,
  TAKEN,
  TRY_AGAIN_LATER,
} from "./close_codes.ts";
import { createGoodbye } from "./goodbye.ts";
import { openSocket } from "./handshake.ts";
import { PushListener } from "./push_listener.ts";
import { reasonHeader } from "../refusal/reason.ts";
import type { Asked, Parts } from "../route.ts";
import { Pinger } from "../sockets/ping.ts";
import type { Visit } from "../viewers.ts";

/**
 * Even the fastest program pauses this long between two pictures, so a pause of this length is a
 * chance to close.
 */
const BETWEEN_PICTURES_MS = 20;
/** Messages that a program doesn't read are dropped beyond this size, in bytes. */
const MAX_UNREAD = 64 * 1024;
/** A program that is silent and answers no ping is disconnected after this long. */
const SILENT_MS = 60_000;

/** A program's request to push pictures. */
interface PushWish {
  served: ServedCamera;
  inlet: Inlet;
  /** Whether it may take the place of another one. */
  replaces: boolean;
  /** Whether each picture is to be acknowledged. */
  acknowledges: boolean;
}

const FLOODED = "Cannot push: your address has sent too much, try again in some seconds";

/** Answers a program that wants to push pictures: over a WebSocket, or not at all. */
export function answerPush(asked: Asked, parts: Parts): Response | Promise<Response> {
  const waitMs = parts.floods.waitMs(asked.connection.address);
  if (waitMs === 0) return open(asked, parts);
  if (waitMs === undefined) {
    return plain(STATUS_CODE.TooManyRequests, FLOODED, { "retry-after": "5" });
  }
  return sleep(waitMs, asked.request.signal).then(() => open(asked, parts));
}

function open(asked: Asked, parts: Parts): Response {
  const wish = readWish(asked);
  if (wish instanceof Response) return wish;
  const opened = openSocket(asked, parts);
  if (opened instanceof Response) return opened;
  new PushSocket(opened.socket, { wish, asked, parts });
  return opened.response;
}

/**
 * Answers a request at the same path that is not a handshake, with the reason why one would fail.
 */
export function explainPush(asked: Asked): Response {
  const wish = readWish(asked);
  if (wish instanceof Response) return wish;
  return plain(
    STATUS_CODE.UpgradeRequired,
    "Pictures are pushed over a WebSocket, a JPEG file in each message: docs/clients.md, or 'wscam push --help'",
    { upgrade: "websocket" },
  );
}

function readWish({ url: { searchParams: query }, grant, cameras }: Asked): PushWish | Response {
  const refuse = (status: number, why: string, headers: Record<string, string> = {}): Response =>
    plain(status, `Cannot push: ${why}`, headers);
  if (grant.rights !== "control") {
    const why =
      "you may only watch; this needs the token or, where there is none, the local network";
    return refuse(STATUS_CODE.Forbidden, why);
  }
  const [replaces, acknowledges] = ["replace", "ack"].map((name) => isOn(query.get(name)));
  if (replaces === undefined || acknowledges === undefined) {
    return refuse(STATUS_CODE.BadRequest, "fields 'replace' and 'ack' must be 1 or 0");
  }
  const camera = query.get("camera")?.normalize("NFC");
  const served = cameras.all.find(({ name, inlet }) =>
    camera === undefined ? inlet : name === camera
  );
  if (served?.inlet === undefined) {
    const missing = reasonHeader("unknown-camera", { camera: camera ?? "" });
    return refuse(STATUS_CODE.NotFound, whyNone(cameras, camera), missing);
  }
  const { inlet } = served;
  if (inlet.holder !== undefined && !replaces) {
    return refuse(STATUS_CODE.Conflict, takenBy(served, inlet.holder));
  }
  return { served, inlet, replaces, acknowledges };
}

function isOn(text: string | null): boolean | undefined {
  if (text === null || text === "0" || text === "false") return false;
  return text === "1" || text === "true" ? true : undefined;
}

function whyNone({ all }: CameraView, camera: string | undefined): string {
  const names = all.filter(({ inlet }) => inlet).map(({ name }) => quote(name));
  if (names.length === 0) {
    return "no camera here accepts pictures: start the server with --camera NAME=push";
  }
  return `field 'camera' must be one of ${names.join(", ")}, got ${quote(camera)}`;
}

function takenBy({ name }: ServedCamera, holder: string): string {
  return `camera ${quote(name)} gets its pictures from ${holder}; use replace=1 to take its place`;
}

/** A program that pushes pictures over a WebSocket. */
class PushSocket implements PushingProgram {
  readonly address: string;
  readonly #socket: WebSocket;
  readonly #wish: PushWish;
  readonly #asked: Asked;
  readonly #parts: Parts;
  readonly #pinger: Pinger;
  readonly #goodbye: ReturnType<typeof createGoodbye>;
  #heardAt = performance.now();
  #place: PusherSeat | undefined;
  #visit: Visit | undefined;

  constructor(
    socket: WebSocket,
    { wish, asked, parts }: { wish: PushWish; asked: Asked; parts: Parts },
  ) {
    this.address = asked.connection.address;
    this.#socket = socket;
    this.#wish = wish;
    this.#asked = asked;
    this.#parts = parts;
    this.#pinger = new Pinger(socket, () => this.#heardAt = performance.now());
    this.#goodbye = createGoodbye({
      close: (code, reason) => this.#close(code, reason),
      cut: () => asked.connection.cut(),
      quietMs: BETWEEN_PICTURES_MS,
    });
    socket.binaryType = "arraybuffer";
    // No event at all reports a client that vanishes before this, so it must not count.
    socket.onopen = () => this.#enter();
    socket.onclose = () => {
      if (asked.connection.facts.isFlooding) parts.floods.note(this.address);
      this.#leave();
      this.#pinger.stop();
    };
    socket.onerror = (event) => event.preventDefault();
  }

  onReplaced(by: string): void {
    const { name } = this.#wish.served;
    this.#end(TAKEN, `Camera ${quote(name)} gets its pictures from ${by} now`, "busy");
  }

  onGone(): void {
    this.#end(GOING_AWAY, `Camera ${quote(this.#wish.served.name)} isn't there any more`);
  }

  /** Takes a seat, and the place at the camera. */
  #enter(): void {
    const { grant: { expires }, connection: { facts } } = this.#asked;
    const { viewers, pingMs } = this.#parts;
    facts.begin();
    facts.unfinishedBytes = MAX_PUSHED_TEXT;
    this.#visit = viewers.enter({
      address: this.address,
      expires,
      end: (why) => this.#end(...GOODBYES[why]),
    });
    if (this.#visit === undefined) {
      facts.end();
      return this.#close(TRY_AGAIN_LATER, "Too many viewers");
    }
    const watching = setInterval(() => this.#look(), pingMs);
    this.#visit.atEnd(() => {
      clearInterval(watching);
      this.#place?.leave();
      facts.end();
    });
    const { served, inlet, replaces, acknowledges } = this.#wish;
    // Another program may have come while this one was admitted.
    if (inlet.holder !== undefined && !replaces) {
      return this.#end(TAKEN, takenBy(served, inlet.holder), "busy");
    }
    this.#place = inlet.enter(this);
    const listener = new PushListener(this.#place, {
      acknowledges,
      send: (text) => this.#send(text),
      end: (code, reason) => this.#end(code, reason),
    });
    this.#socket.onmessage = ({ data }) => this.#hear(data, listener);
  }

  #hear(data: string | ArrayBuffer, listener: PushListener): void {
    this.#pinger.hear();
    this.#heardAt = performance.now();
    const bytes = typeof data === "string" ? data.length : data.byteLength;
    this.#asked.connection.facts.hear(bytes);
    if (this.#goodbye.isDue) this.#goodbye.putOff(bytes);
    else listener.hear(data);
  }

  #look(): void {
    const silentMs = performance.now() - this.#heardAt;
    if (silentMs > SILENT_MS) {
      this.#end(POLICY_VIOLATION, `Nothing was pushed for ${SILENT_MS / 1000} s`);
    } else this.#pinger.ping();
  }

  #send(text: string): void {
    // A program that reads nothing needs no messages either.
    const { readyState, bufferedAmount } = this.#socket;
    if (readyState === WebSocket.OPEN && bufferedAmount < MAX_UNREAD) this.#socket.send(text);
  }

  /** Takes nothing more, and closes with the reason as soon as nothing arrives. */
  #end(code: number, reason: string, failure?: FailureCode): void {
    this.#place?.leave();
    if (this.#goodbye.isDue) return;
    if (code === POLICY_VIOLATION || code === MESSAGE_TOO_BIG) {
      this.#parts.floods.note(this.address);
    }
    // A program that keeps pushing may miss the close code.
    this.#send(errorText(reason, { code: failure }));
    this.#goodbye.say(code, reason);
  }

  #close(code: number, reason: string): void {
    this.#leave();
    this.#asked.connection.facts.isLeaving = true;
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(code, reason);
  }

  #leave(): void {
    this.#goodbye[Symbol.dispose]();
    this.#visit?.leave();
  }
}
