import { STATUS_CODE } from "@std/http/status";
import type { ServedCamera } from "../../stream/served_camera.ts";
import { BOUNDARY, partOf } from "../../stream/picture.ts";
import { Session } from "../../stream/viewer/session.ts";
import type { ViewerSettings } from "../../protocol/viewer_settings.ts";
import type { Link } from "../../stream/viewer/link.ts";
import { plain } from "../answers.ts";
import { placeholderOf, type ShownOutage } from "./placeholder.ts";
import type { Asked, Parts } from "../route.ts";
import { sharerOf } from "../seats.ts";
import type { Viewers, Visit } from "../viewers.ts";
import { readWish } from "./wish.ts";

/** While a camera is down, a picture says so as often as this, in milliseconds. */
const SAY_MS = 1000;
/** One is being taken; the next is made when that is done. */
const QUEUED = 1;
/** Bytes before the first picture; they aren't a picture, and take no picture's place. */
const OPENING = new TextEncoder().encode(BOUNDARY);

/** The headers of an answer of pictures. */
const STREAM_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "multipart/x-mixed-replace; boundary=wscam",
  "cache-control": "no-store",
};

/** Answers `GET /stream`: pictures without end. */
export function answerStream(asked: Asked, parts: Parts): Response {
  const wanted = readWish(asked, parts);
  if (wanted instanceof Response) return wanted;
  if (asked.request.method === "HEAD") return new Response(null, { headers: STREAM_HEADERS });
  return streamResponse(asked, wanted.settings, parts.viewers);
}

/**
 * Pictures without end for clients that know no WebSocket: `<img>`, VLC, ffmpeg, OpenCV; 503 where the camera
 * has no place for one more. While the camera is down, a picture says why, once a second; nothing is queued for a
 * client that doesn't take it.
 *
 * @param settings the viewer's, of a camera that is there
 */
export function streamResponse(
  asked: Asked,
  settings: Partial<ViewerSettings>,
  viewers: Viewers,
): Response {
  const stream = new PartStream(asked);
  const body = new ReadableStream(stream, {
    highWaterMark: QUEUED,
    size: (chunk) => chunk === OPENING ? 0 : 1,
  });
  const refusal = stream.enter(settings, viewers);
  if (refusal === undefined) return new Response(body, { headers: STREAM_HEADERS });
  return plain(STATUS_CODE.ServiceUnavailable, `Cannot stream: ${refusal}`, { "retry-after": "5" });
}

type Controller = ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;

/** A viewer over HTTP: the body of an answer, and what it watches. */
class PartStream implements UnderlyingDefaultSource<Uint8Array<ArrayBuffer>>, Link {
  readonly #asked: Asked;
  readonly #session: Session;
  #controller: Controller | undefined;
  #visit: Visit | undefined;
  /** Whether the last that there was to send was word of an outage. */
  #isDown = false;
  /** When it was last said why, by performance.now(). */
  #saidAt = -Infinity;
  /** The camera that was watched last, and why it gives no pictures. */
  #served: ServedCamera | undefined;
  #outage: ShownOutage = { reason: "gives no pictures" };

  constructor(asked: Asked) {
    this.#asked = asked;
    const { cameras, connection: { address } } = asked;
    this.#session = new Session(this, cameras, { address, owner: sharerOf(address), form: "part" });
  }

  /** Takes a seat and sends pictures; says why there are none, if there are none. */
  enter(settings: Partial<ViewerSettings>, viewers: Viewers): string | undefined {
    const { connection: { address }, grant: { expires } } = this.#asked;
    this.#visit = viewers.enter({ address, expires, end: () => this.drop() });
    if (this.#visit === undefined) return viewers.refusal(address);
    const saying = setInterval(() => void this.#sayWhy(), SAY_MS);
    this.#visit.atEnd(() => {
      clearInterval(saying);
      this.#session.close();
    });
    const configured = this.#session.begin({ ...settings, format: "json", ack: false });
    if (configured.ok) return undefined;
    this.drop();
    return configured.message;
  }

  start(controller: Controller): void {
    this.#controller = controller;
    controller.enqueue(OPENING);
  }

  cancel(): void {
    this.#controller = undefined;
    this.#visit?.leave();
  }

  get pending(): number {
    return (this.#controller?.desiredSize ?? 0) > 0 ? 0 : 1;
  }

  get isTaking(): boolean {
    return this.#asked.connection.facts.isTaking;
  }

  send(message: string | Uint8Array<ArrayBuffer>): void {
    this.#isDown = typeof message === "string";
    if (typeof message !== "string") this.#controller?.enqueue(message);
    // There is no room for words in a stream of pictures, but there is for a picture of words.
    else void this.#sayWhy();
  }

  /** Sends a picture that says why there is none, while there is none. */
  async #sayWhy(): Promise<void> {
    const served = this.#served = this.#session.watched ?? this.#served;
    if (!this.#isDown || this.pending > 0 || served === undefined) return;
    // The time for it may come just when the camera was tried again.
    const now = performance.now();
    if (now - this.#saidAt < SAY_MS / 2) return;
    this.#saidAt = now;
    const { status } = served;
    if (this.#session.watched === undefined) this.#outage = { reason: "isn't there any more" };
    else if (status.state === "failed") this.#outage = status;
    const jpeg = await placeholderOf(served, this.#outage, this.#session.settings.width);
    // The camera may be back.
    if (!this.#isDown || this.pending > 0) return;
    const timestamp = (Date.now() / 1000).toFixed(3);
    this.#controller?.enqueue(
      partOf(jpeg, { "X-Timestamp": timestamp, "X-Wscam-State": "failed" }),
    );
  }

  drop(): void {
    const controller = this.#controller;
    this.cancel();
    controller?.close();
  }
}
