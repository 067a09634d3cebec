import { decodeBase64 } from "@std/encoding/base64";
import { createOutageFollower, type Outage, type OutageFollower } from "./outage.ts";
import { createServerClock, type ServerClock } from "./server_clock.ts";

/** A picture as it arrived. */
export interface Picture {
  /** Tells it from the other events. */
  type: "picture";
  /** A JPEG file. */
  jpeg: Uint8Array<ArrayBuffer>;
  /** Capture time in seconds since 1970, on the server's clock. */
  timestamp: number;
  /** How old it was on arrival, in milliseconds, with the difference of the clocks taken out. */
  ageMs: number;
  /** Pictures thrown away before this one, since whoever reads was busy. */
  skipped: number;
}

/** What a viewer is told, in the order in which it happens. */
export type ViewerEvent =
  | Picture
  | { type: "connected" }
  /** The server's words; the connection stays open. */
  | { type: "error"; message: string }
  /** What more there is to know after an error, again after each try to open the camera. */
  | { type: "outage" } & Outage
  /** The connection is gone; the next try comes in `retryMs` milliseconds. */
  | { type: "disconnected"; reason: string; retryMs: number };

/** Tells the answers to our question from others. */
const STATUS_ID = "next try";
const RETRY_MS = [500, 1000, 2000, 5000];

/**
 * Watches a camera: pictures as they arrive, the newest only when they arrive faster than they are
 * read. Connects again for ever, until the signal is aborted.
 *
 * @param url a server's WebSocket, `ws://HOST:8765/?camera=NAME`
 */
export async function* view(url: string, signal: AbortSignal): AsyncGenerator<ViewerEvent, void> {
  const mailbox = new Mailbox();
  const wake = (): void => mailbox.wake();
  signal.addEventListener("abort", wake);
  try {
    for (let failures = 0; !signal.aborted; failures++) {
      using connection = connect(url, mailbox);
      for (let event = await mailbox.take(signal); event; event = await mailbox.take(signal)) {
        if (event.type === "connected") failures = 0;
        if (event.type !== "disconnected") {
          yield event;
          continue;
        }
        const retryMs = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 0;
        yield { ...event, retryMs };
        connection.close();
        await mailbox.wait(retryMs, signal);
        break;
      }
    }
  } finally {
    signal.removeEventListener("abort", wake);
  }
}

/** Events between the socket and who reads them; of pictures and of errors in a row, the newest. */
class Mailbox {
  #events: ViewerEvent[] = [];
  #wakeUp: (() => void) | undefined;

  put(event: ViewerEvent): void {
    const last = this.#events.at(-1);
    if (event.type === "picture" && last?.type === "picture") event.skipped += last.skipped + 1;
    const isRepeated = ["picture", "error", "outage"].includes(event.type);
    if (isRepeated && event.type === last?.type) this.#events.pop();
    this.#events.push(event);
    this.wake();
  }

  wake(): void {
    this.#wakeUp?.();
  }

  /** The next event, or nothing once the signal is aborted. */
  async take(signal: AbortSignal): Promise<ViewerEvent | undefined> {
    while (this.#events.length === 0 && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wakeUp = resolve;
      await promise;
    }
    return signal.aborted ? undefined : this.#events.shift();
  }

  /** Lets time pass, until the signal is aborted. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wakeUp = resolve;
    const timer = setTimeout(resolve, ms);
    await promise;
    clearTimeout(timer);
  }
}

interface Connection extends Disposable {
  close(): void;
}

function connect(url: string, mailbox: Mailbox): Connection {
  const socket = new WebSocket(url);
  const clock = createServerClock({
    ping: (id) => socket.send(JSON.stringify({ type: "ping", id })),
    // A dead link may not even close: the next connection is not kept waiting for that.
    onDead: () => end("no answer to three pings"),
  });
  const outage = createOutageFollower({
    camera: new URL(url).searchParams.get("camera"),
    ask: () => socket.send(JSON.stringify({ type: "status", id: STATUS_ID })),
    offsetMs: () => clock.offsetMs,
  });
  let failure = "";
  socket.onopen = () => {
    clock.start();
    mailbox.put({ type: "connected" });
  };
  socket.onerror = (event) => {
    failure = event instanceof ErrorEvent ? event.message : "";
  };
  socket.onclose = ({ code, reason }) => end(reason || failure || `closed with code ${code}`);
  const end = (reason: string): void => {
    if (isEnded) return;
    close();
    mailbox.put({ type: "disconnected", reason, retryMs: 0 });
  };
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    const event = readMessage(data, { clock, outage });
    if (event?.type === "picture") outage.stop();
    if (event) mailbox.put(event);
    if (event?.type === "error") outage.start();
  };
  let isEnded = false;
  const close = (): void => {
    isEnded = true;
    clock.stop();
    outage.stop();
    socket.onmessage = null;
    if (socket.readyState <= WebSocket.OPEN) socket.close();
  };
  return { close, [Symbol.dispose]: close };
}

function readMessage(
  data: unknown,
  { clock, outage }: { clock: ServerClock; outage: OutageFollower },
): ViewerEvent | undefined {
  if (typeof data !== "string") return undefined;
  try {
    const message: unknown = JSON.parse(data);
    if (typeof message !== "object" || message === null) return undefined;
    const fields = message as Record<string, unknown>;
    const { type, data: base64, timestamp, message: words, id, cameras } = fields;
    if (type === "image" && typeof base64 === "string" && isTime(timestamp)) {
      const ageMs = Date.now() + clock.offsetMs - timestamp * 1000;
      return { type: "picture", jpeg: decodeBase64(base64), timestamp, ageMs, skipped: 0 };
    }
    if (type === "status") {
      const known = outage.hear(cameras);
      return known && { type: "outage", ...known };
    }
    // An older server doesn't know what we ask.
    if (type === "error" && id === STATUS_ID) return undefined;
    if (type === "error" && typeof words === "string") return { type: "error", message: words };
    if (type === "pong" && typeof timestamp === "number") clock.hear(id, timestamp);
  } catch {
    // Not for us, or broken on the way: the next message may be better.
  }
  return undefined;
}

/** Whether a Date can hold it (ECMA-262, 21.4.1.1). */
function isTime(seconds: unknown): seconds is number {
  return typeof seconds === "number" && Math.abs(seconds) <= 8.64e12;
}
