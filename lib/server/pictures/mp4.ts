import { STATUS_CODE } from "@std/http/status";
import { isInitialisation } from "../../h264/read_fragment.ts";
import type { ViewerSettings } from "../../protocol/viewer_settings.ts";
import { Session } from "../../stream/viewer/session.ts";
import type { Link } from "../../stream/viewer/link.ts";
import { plain } from "../answers.ts";
import type { Asked, Parts } from "../route.ts";
import { sharerOf } from "../seats.ts";
import type { Viewers, Visit } from "../viewers.ts";
import { readWish } from "./wish.ts";

const HEADERS: Readonly<Record<string, string>> = {
  "content-type": "video/mp4",
  "cache-control": "no-store",
};

/** Answers `GET /stream.mp4`: endless H.264 in fragmented MP4, for clients without WebSocket. */
export async function answerMp4(asked: Asked, parts: Parts): Promise<Response> {
  const wanted = readWish(asked, parts);
  if (wanted instanceof Response) return wanted;
  if (asked.request.method === "HEAD") return new Response(null, { headers: HEADERS });
  const stream = new Mp4Stream(asked);
  const body = new ReadableStream(stream, { highWaterMark: 0, size: ({ length }) => length });
  stream.enter(wanted.settings, parts.viewers);
  const refusal = await stream.began;
  if (refusal === undefined) return new Response(body, { headers: HEADERS });
  return plain(STATUS_CODE.ServiceUnavailable, `Cannot stream: ${refusal}`, { "retry-after": "5" });
}

type Controller = ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;

/** A viewer over HTTP: the body of a response, and what it watches. */
class Mp4Stream implements UnderlyingDefaultSource<Uint8Array<ArrayBuffer>>, Link {
  /** Settles with the first picture, or with the reason why there is none. */
  readonly began: Promise<string | undefined>;
  readonly #begin: (refusal: string | undefined) => void;
  readonly #asked: Asked;
  readonly #session: Session;
  #controller: Controller | undefined;
  #visit: Visit | undefined;
  /** The initialisation segment. */
  #start: Uint8Array<ArrayBuffer> | undefined;

  /** Sends nothing yet. */
  constructor(asked: Asked) {
    this.#asked = asked;
    const { cameras, connection: { address } } = asked;
    this.#session = new Session(this, cameras, { address, owner: sharerOf(address) });
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.began = promise;
    this.#begin = resolve;
  }

  /** Takes a seat and sends pictures. */
  enter(settings: Partial<ViewerSettings>, viewers: Viewers): void {
    const { connection: { address }, grant: { expires }, request: { signal } } = this.#asked;
    this.#visit = viewers.enter({ address, expires, end: () => this.drop() });
    if (this.#visit === undefined) {
      return this.#begin(viewers.refusal(address) ?? "no seat is free");
    }
    const leave = (): void => this.drop();
    signal.addEventListener("abort", leave);
    this.#visit.atEnd(() => {
      signal.removeEventListener("abort", leave);
      this.#session.close();
      this.#begin("it has ended");
    });
    const configured = this.#session.begin({
      ...settings,
      format: "h264",
      ack: false,
      annotations: false,
    });
    if (!configured.ok) this.#refuse(configured.message);
  }

  start(controller: Controller): void {
    this.#controller = controller;
  }

  cancel(): void {
    this.#controller = undefined;
    this.#visit?.leave();
  }

  get pending(): number {
    return -(this.#controller?.desiredSize ?? 0);
  }

  get isTaking(): boolean {
    return this.#asked.connection.facts.isTaking;
  }

  send(message: string | Uint8Array<ArrayBuffer>): void {
    if (typeof message === "string") return this.#hear(message);
    if (!isInitialisation(message)) return this.#controller?.enqueue(message);
    if (this.#start === undefined) {
      this.#start = message;
      this.#controller?.enqueue(message);
      this.#begin(undefined);
    } else if (!isEqual(message, this.#start)) {
      // No player accepts a new size within a stream: it may reconnect.
      this.drop();
    }
  }

  drop(): void {
    const controller = this.#controller;
    this.cancel();
    controller?.close();
  }

  /** A stream of pictures can't carry text, but a response can before it begins. */
  #hear(text: string): void {
    const { type, message }: { type: string; message?: string } = JSON.parse(text);
    if (type === "error" && this.#start === undefined) this.#refuse(message ?? text);
  }

  #refuse(reason: string): void {
    this.#begin(reason);
    this.drop();
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
