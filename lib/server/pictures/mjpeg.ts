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

/** While a camera is down, a placeholder picture is sent this often, in milliseconds. */
const SAY_MS = 1000;
/** One picture is being sent; the next is made when that is done. */
const QUEUED = 1;
/** The bytes before the first picture don't count as one. */
const OPENING = new TextEncoder().encode(BOUNDARY);

/** The headers of a response with pictures. */
const STREAM_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "multipart/x-mixed-replace; boundary=wscam",
  "cache-control": "no-store",
};

/** Answers `GET /stream`: endless pictures. */
export function answerStream(asked: Asked, parts: Parts): Response {
  const wanted = readWish(asked, parts);
  if (wanted instanceof Response) return wanted;
  if (asked.request.method === "HEAD") return new Response(null, { headers: STREAM_HEADERS });
  return streamResponse(asked, wanted.settings, parts.viewers);
}

/**
 * Endless pictures for clients without WebSocket: `<img>`, VLC, ffmpeg, OpenCV; 503 if the camera
 * has no room for another rendition. While the camera is down, a placeholder picture says why, once
 * a second; nothing is queued for a client that doesn't take it.
 *
 * @param settings the viewer's, for an existing camera
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

/** A viewer over HTTP: the body of a response, and what it watches. */
class PartStream implements UnderlyingDefaultSource<Uint8Array<ArrayBuffer>>, Link {
  readonly #asked: Asked;
  readonly #session: Session;
  #controller: Controller | undefined;
  #visit: Visit | undefined;
  /** Whether the last picture was a placeholder. */
  #isDown = false;
  /** When a placeholder was last sent, by performance.now(); infinite while one is being drawn. */
  #saidAt = -Infinity;
  /** The camera last watched, and why it gives no pictures. */
  #served: ServedCamera | undefined;
  #outage: ShownOutage = { reason: "gives no pictures" };

  constructor(asked: Asked) {
    this.#asked = asked;
    const { cameras, connection: { address } } = asked;
    this.#session = new Session(this, cameras, { address, owner: sharerOf(address), form: "part" });
  }

  /** Takes a seat and sends pictures, or the reason why there are none. */
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
    // A stream of pictures can't carry text, but it can carry a picture of text.
    else void this.#sayWhy();
  }

  /** Sends a placeholder that says why there is no picture, while there is none. */
  async #sayWhy(): Promise<void> {
    const served = this.#served = this.#session.watched ?? this.#served;
    if (!this.#isDown || this.pending > 0 || served === undefined) return;
    // It may be due at the very moment of an attempt to open the camera.
    if (performance.now() - this.#saidAt < SAY_MS / 2) return;
    const { status } = served;
    if (this.#session.watched === undefined) this.#outage = { reason: "isn't there any more" };
    else if (status.state === "failed") this.#outage = status;
    this.#saidAt = Infinity;
    const jpeg = await this.#draw(served);
    this.#saidAt = performance.now();
    // The camera may be back.
    if (jpeg === undefined || !this.#isDown || this.pending > 0) return;
    const timestamp = (Date.now() / 1000).toFixed(3);
    this.#controller?.enqueue(
      partOf(jpeg, { "X-Timestamp": timestamp, "X-Wscam-State": "failed" }),
    );
  }

  async #draw(served: ServedCamera): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      return await placeholderOf(served, this.#outage, this.#session.settings.width);
    } catch {
      // Where the encoder can't be loaded, a viewer waits without one. `/state` and the log have the
      // reason.
      return undefined;
    }
  }

  drop(): void {
    const controller = this.#controller;
    this.cancel();
    controller?.close();
  }
}
