import { BOUNDARY } from "../stream/picture.ts";
import type { Channel } from "../stream/channel.ts";
import { Session } from "../stream/session.ts";
import type { ViewerSettings } from "../protocol/viewer_settings.ts";
import type { Seats } from "./seats.ts";

/** Options of {@linkcode streamResponse}. */
export interface StreamOptions {
  /** The cameras, the default one first. */
  channels: readonly Channel[];
  /** Who it is: "192.0.2.5:51234". */
  address: string;
  /** Who may watch. */
  seats: Seats;
  /** What ends each viewer's connection when the server does; kept up to date here. */
  goodbyes: Set<() => void>;
  /** Called when a viewer has left. */
  onLeave: () => void;
}

/** One is being taken; the next is made when that is done. */
const QUEUED = 1;

/**
 * Pictures without end for clients that know no WebSocket: `<img>`, VLC, ffmpeg, OpenCV. While the camera
 * is down, nothing comes; nothing is queued for who doesn't take it.
 *
 * @param settings that a channel is there for
 */
export function streamResponse(
  settings: Partial<ViewerSettings>,
  options: StreamOptions,
): Response {
  let end = (): void => {};
  let begin: (() => void) | undefined;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      ({ begin, end } = watch(controller, settings, options));
      controller.enqueue(new TextEncoder().encode(BOUNDARY));
    },
    // Called first when the boundary has been taken.
    pull() {
      begin?.();
      begin = undefined;
    },
    cancel: () => end(),
  }, { highWaterMark: QUEUED });
  return new Response(body, { headers: STREAM_HEADERS });
}

/** The headers of such an answer. */
export const STREAM_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "multipart/x-mixed-replace; boundary=wscam",
  "cache-control": "no-store",
};

/** What starts the pictures, and what ends them. */
function watch(
  controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>,
  settings: Partial<ViewerSettings>,
  { channels, address, seats, goodbyes, onLeave }: StreamOptions,
): { begin: () => void; end: () => void } {
  const stand = seats.take(address);
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    session.close();
    goodbyes.delete(close);
    stand();
    onLeave();
  };
  const close = (): void => {
    if (!isOver) controller.close();
    end();
  };
  const session = new Session(
    {
      get pending() {
        return (controller.desiredSize ?? 0) > 0 ? 0 : 1;
      },
      send(message) {
        // There is no room for words in a stream of pictures.
        if (!isOver && typeof message !== "string") controller.enqueue(message);
      },
      drop: close,
    },
    channels,
    { address, form: "part" },
  );
  goodbyes.add(close);
  const begin = (): void => {
    if (!session.configure({ ...settings, ack: false }).ok) close();
  };
  return { begin, end };
}
