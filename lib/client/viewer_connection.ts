import { createCommandLine } from "./commands.ts";
import { limitHandshake } from "./limit_handshake.ts";
import type { Mailbox } from "./mailbox.ts";
import { createOutageFollower, type OutageFollower } from "./outage.ts";
import { type Listeners, readMessage, STATUS_ID } from "./read_message.ts";
import { explainRefusal } from "./refusal.ts";
import { createPinger } from "./pinger.ts";

/**
 * The pause after a refusal: ten wrong tokens a minute would lock out everybody at this address.
 */
const REFUSED_MS = 10_000;

/** One connection of a viewer; its events go into a mailbox. */
export class ViewerConnection {
  readonly #socket: WebSocket;
  readonly #mailbox: Mailbox;
  readonly #listeners: Listeners;
  readonly #outage: OutageFollower;
  #failure = "";
  #isEnded = false;

  /** Begins to connect. */
  constructor(url: string, mailbox: Mailbox) {
    const socket = this.#socket = new WebSocket(url);
    const send = (message: object): void => socket.send(JSON.stringify(message));
    const pinger = createPinger({
      ping: (id) => send({ type: "ping", id }),
      // A dead connection may never report its close: the next one doesn't wait for that.
      onDead: () => this.#end("no answer to three pings"),
    });
    const outage = this.#outage = createOutageFollower({
      camera: new URL(url).searchParams.get("camera"),
      ask: () => send({ type: "status", id: STATUS_ID }),
      offsetMs: () => pinger.offsetMs,
    });
    this.#mailbox = mailbox;
    this.#listeners = {
      acknowledge: (sequence) => send({ type: "ack", sequence }),
      line: createCommandLine((text) => socket.send(text)),
      pinger,
      outage,
    };
    this.#listen();
  }

  /** Ends it; no more events come from it. */
  close(): void {
    const { line, pinger, outage } = this.#listeners;
    this.#isEnded = true;
    line.end("the connection was closed");
    pinger.stop();
    outage.stop();
    this.#socket.onmessage = null;
    if (this.#socket.readyState <= WebSocket.OPEN) this.#socket.close();
  }

  #listen(): void {
    const socket = this.#socket;
    const { line, pinger } = this.#listeners;
    socket.binaryType = "arraybuffer";
    limitHandshake(socket, (reason) => this.#end(reason));
    socket.onopen = () => {
      pinger.start();
      this.#mailbox.put({ type: "connected", commands: line.commands });
    };
    socket.onerror = (event) => {
      // Not every JavaScript runtime has an ErrorEvent.
      this.#failure = "message" in event ? String(event.message) : "";
      // Node 20 reports no close of a connection that was never open.
      if (socket.readyState === WebSocket.CONNECTING) this.#fail();
    };
    socket.onclose = ({ code, reason }) => {
      if (reason || !this.#failure) this.#end(reason || `closed with code ${code}`);
      else this.#fail();
    };
    socket.onmessage = ({ data }: MessageEvent<unknown>) => this.#take(data);
  }

  #fail(): void {
    const refusal = explainRefusal(this.#failure);
    this.#end(refusal.reason, refusal.isFinal ? REFUSED_MS : 0);
  }

  #take(data: unknown): void {
    const event = readMessage(data, this.#listeners);
    if (event?.type === "picture" || event?.type === "fragment") this.#outage.stop();
    if (event) this.#mailbox.put(event);
    if (event?.type === "error") this.#outage.start();
  }

  #end(reason: string, retryMs = 0): void {
    if (this.#isEnded) return;
    this.#listeners.line.end(reason);
    this.close();
    this.#mailbox.put({ type: "disconnected", reason, retryMs });
  }
}
