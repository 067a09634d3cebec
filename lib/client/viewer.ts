import type { ViewerSettings } from "../protocol/viewer_settings.ts";
import { reconnectDelayMs } from "../server/element/link/reconnect.js";
import { addressWith } from "./address.ts";
import { type Commands, createCommandLine } from "./commands.ts";
import { createOutageFollower } from "./outage.ts";
import {
  type CameraEvent,
  type Picture,
  readMessage,
  STATUS_ID,
  type VideoPicture,
  type VideoStart,
} from "./read_message.ts";
import { explainRefusal } from "./refusal.ts";
import { createServerClock } from "./server_clock.ts";

export type { CameraEvent, Picture, VideoPicture, VideoStart };

/** The events of a viewer, in the order in which they happen. */
export type ViewerEvent =
  | CameraEvent
  /** Settings made by command must be made again. */
  | { type: "connected"; commands: Commands }
  /** The connection is gone; the next try comes in `retryMs` milliseconds. */
  | { type: "disconnected"; reason: string; retryMs: number };

/** As many as a server remembers of a camera. */
const MOST_PROGRAMS = 16;
/** After a refusal: ten wrong tokens a minute would keep out everybody at this address. */
const REFUSED_MS = 10_000;

/**
 * Watches a camera: pictures as they arrive, the newest only when they arrive faster than they are
 * read. Connects again for ever, until the signal is aborted. Acknowledges what arrives, so that a slow link
 * means fewer pictures and not older ones.
 *
 * ```ts
 * import { view } from "./viewer.ts";
 *
 * const signal = AbortSignal.timeout(60_000);
 * for await (const event of view("ws://localhost:8765", signal, { fps: 5 })) {
 *   if (event.type === "picture") await Deno.writeFile("now.jpg", event.jpeg);
 * }
 * ```
 *
 * @param url a server's WebSocket, `ws://HOST:8765/?camera=NAME`
 * @param settings what is asked for, where that isn't in the address; `ack` is true and `format` is
 *   `binary` if nobody says otherwise
 * @throws {TypeError} when the address is none
 */
export async function* view(
  url: string,
  signal: AbortSignal,
  settings: Partial<ViewerSettings> = {},
): AsyncGenerator<ViewerEvent, void> {
  const address = addressWith(url, settings);
  const mailbox = new Mailbox();
  const wake = (): void => mailbox.wake();
  signal.addEventListener("abort", wake);
  try {
    for (let failures = 0; !signal.aborted; failures++) {
      // Node knows no `using` yet.
      const connection = connect(address, mailbox);
      try {
        for (let event = await mailbox.take(signal); event; event = await mailbox.take(signal)) {
          if (event.type === "connected") failures = 0;
          if (event.type !== "disconnected") {
            yield event;
            continue;
          }
          // A code above 0 comes from the peer that disconnected.
          const retryMs = Math.max(reconnectDelayMs(failures), event.retryMs);
          yield { ...event, retryMs };
          connection.close();
          await mailbox.wait(retryMs, signal);
          break;
        }
      } finally {
        connection.close();
      }
    }
  } finally {
    signal.removeEventListener("abort", wake);
  }
}

/** More of an H.264 stream doesn't wait to be read: it goes on with a key frame then. */
const MAX_FRAGMENTS = 300;

/**
 * Events between the socket and who reads them; of pictures and of errors in a row, the newest. Pictures of an H.264
 * stream all wait, for each is made from the one before.
 */
class Mailbox {
  #events: ViewerEvent[] = [];
  /** How many pictures of H.264 were thrown away, while a key frame is waited for. */
  #lost = 0;
  #wakeUp: (() => void) | undefined;

  put(event: ViewerEvent): void {
    if (event.type === "fragment" && !this.#takes(event)) return;
    const last = this.#events.at(-1);
    if (event.type === "picture" && last?.type === "picture") event.skipped += last.skipped + 1;
    if (event.type === "annotation") this.#forgetAnnotation(event.from);
    const isRepeated = ["picture", "error", "outage"].includes(event.type);
    if (isRepeated && event.type === last?.type) this.#events.pop();
    this.#events.push(event);
    this.wake();
  }

  #takes(event: VideoPicture): boolean {
    const waiting = this.#events.filter(({ type }) => type === "fragment").length;
    if (waiting >= MAX_FRAGMENTS) {
      this.#events = this.#events.filter(({ type }) => type !== "fragment");
      this.#lost = waiting;
    }
    if (this.#lost > 0 && !event.isKey) this.#lost++;
    if (this.#lost > 0 && !event.isKey) return false;
    event.skipped = this.#lost;
    this.#lost = 0;
    return true;
  }

  /** A program's words take the place of its words before; this many programs are remembered. */
  #forgetAnnotation(from: string): void {
    const old = this.#events.filter(({ type }) => type === "annotation");
    const gone = old.length >= MOST_PROGRAMS ? old[0] : undefined;
    this.#events = this.#events.filter((each) =>
      each !== gone && !(each.type === "annotation" && each.from === from)
    );
  }

  wake(): void {
    this.#wakeUp?.();
  }

  /** The next event, or nothing once the signal is aborted. */
  async take(signal: AbortSignal): Promise<ViewerEvent | undefined> {
    while (this.#events.length === 0 && !signal.aborted) {
      await new Promise<void>((resolve) => this.#wakeUp = resolve);
    }
    return signal.aborted ? undefined : this.#events.shift();
  }

  /** Lets time pass, until the signal is aborted. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#wakeUp = resolve;
      timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  }
}

interface Connection {
  close(): void;
}

function connect(url: string, mailbox: Mailbox): Connection {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  const line = createCommandLine((text) => socket.send(text));
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
    mailbox.put({ type: "connected", commands: line.commands });
  };
  socket.onerror = (event) => {
    // Not every JavaScript has an ErrorEvent.
    failure = "message" in event ? String(event.message) : "";
  };
  socket.onclose = ({ code, reason }) => {
    if (reason || !failure) return end(reason || `closed with code ${code}`);
    const refusal = explainRefusal(failure);
    end(refusal.reason, refusal.isFinal ? REFUSED_MS : 0);
  };
  const end = (reason: string, retryMs = 0): void => {
    if (isEnded) return;
    line.end(reason);
    close();
    mailbox.put({ type: "disconnected", reason, retryMs });
  };
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    const acknowledge = (sequence: number): void => {
      socket.send(JSON.stringify({ type: "ack", sequence }));
    };
    const event = readMessage(data, { acknowledge, line, clock, outage });
    if (event?.type === "picture" || event?.type === "fragment") outage.stop();
    if (event) mailbox.put(event);
    if (event?.type === "error") outage.start();
  };
  let isEnded = false;
  const close = (): void => {
    isEnded = true;
    line.end("the connection was closed");
    clock.stop();
    outage.stop();
    socket.onmessage = null;
    if (socket.readyState <= WebSocket.OPEN) socket.close();
  };
  return { close };
}
