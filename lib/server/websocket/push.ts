import { STATUS_CODE } from "@std/http/status";
import { MAX_PUSHED_TEXT } from "../../camera/push/pushed_picture.ts";
import type { PusherSeat, PushingProgram } from "../../camera/push/inlet.ts";
import type { FailureCode } from "../../frame/source_error.ts";
import { errorText } from "../../protocol/message.ts";
import { quote } from "../../protocol/quote.ts";
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
import { type PushWish, readWish, takenBy } from "./push_wish.ts";
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
