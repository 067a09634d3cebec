import { STATUS_CODE } from "@std/http/status";
import { BOUNDARY } from "../stream/picture.ts";
import type { CameraView } from "../stream/cameras.ts";
import { Session } from "../stream/session.ts";
import type { ViewerSettings } from "../protocol/viewer_settings.ts";
import { plain } from "./answers.ts";
import type { Client } from "./sockets/client.ts";
import type { Seats } from "./seats.ts";

/** Options of {@linkcode streamResponse}. */
export interface StreamOptions {
  /** The cameras that the viewer may see. */
  cameras: CameraView;
  /** Who it is: "192.0.2.5:51234". */
  address: string;
  /** What is known of the connection. */
  client: Client;
  /** Who may watch. */
  seats: Seats;
  /** What ends each viewer's connection when the server does; kept up to date here. */
  goodbyes: Set<() => void>;
  /** Called when a viewer has left. */
  onLeave: () => void;
}

/** One is being taken; the next is made when that is done. */
const QUEUED = 1;
/** What stands before the first picture; it is none itself, and takes no picture's place. */
const OPENING = new TextEncoder().encode(BOUNDARY);

/** The headers of an answer of pictures. */
export const STREAM_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "multipart/x-mixed-replace; boundary=wscam",
  "cache-control": "no-store",
};

/**
 * Pictures without end for clients that know no WebSocket: `<img>`, VLC, ffmpeg, OpenCV; 503 where the camera
 * has no place for one more. While the camera is down, nothing comes; nothing is queued for who doesn't take it.
 *
 * @param settings that a channel is there for
 */
export function streamResponse(
  settings: Partial<ViewerSettings>,
  options: StreamOptions,
): Response {
  let end = (): void => {};
  let refusal = "";
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      controller.enqueue(OPENING);
      ({ end, refusal } = watch(controller, settings, options));
    },
    cancel: () => end(),
  }, { highWaterMark: QUEUED, size: (chunk) => chunk === OPENING ? 0 : 1 });
  if (refusal === "") return new Response(body, { headers: STREAM_HEADERS });
  return plain(STATUS_CODE.ServiceUnavailable, `Cannot stream: ${refusal}`, { "retry-after": "5" });
}

/** Starts the pictures; says why there are none, or what ends them. */
function watch(
  controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>,
  settings: Partial<ViewerSettings>,
  { cameras, address, client, seats, goodbyes, onLeave }: StreamOptions,
): { refusal: string; end: () => void } {
  let isOver = false;
  const close = (): void => {
    if (!isOver) controller.close();
    end();
  };
  const session = new Session(
    {
      get pending() {
        return (controller.desiredSize ?? 0) > 0 ? 0 : 1;
      },
      get isTaking() {
        return client.isTaking;
      },
      send(message) {
        // There is no room for words in a stream of pictures.
        if (!isOver && typeof message !== "string") controller.enqueue(message);
      },
      drop: close,
    },
    cameras,
    { address, form: "part" },
  );
  const configured = session.configure({ ...settings, ack: false });
  if (!configured.ok) return { refusal: configured.message, end: () => {} };
  const stand = seats.take(address);
  goodbyes.add(close);
  function end(): void {
    if (isOver) return;
    isOver = true;
    session.close();
    goodbyes.delete(close);
    stand();
    onLeave();
  }
  return { refusal: "", end };
}
