import { withComment } from "../jpeg/comment.ts";
import { CONNECT_LIMIT_MS } from "../server/element/link/reconnect.js";
import { limitHandshake } from "./limit_handshake.ts";
import { explainRefusal } from "./refusal.ts";
import { createPinger, type Pinger } from "./pinger.ts";

/** The end of a connection. */
export interface Loss {
  /** Why, in words. */
  reason: string;
  /** Whether another attempt would end in the same way. */
  isFinal: boolean;
  /** How long the next attempt has to wait at least, in milliseconds. */
  waitMs: number;
}

export interface PushConnectionOptions {
  /**
   * Whether the server has accepted us before: after a lost connection, it may still hold the old
   * one.
   */
  wasAccepted: boolean;
  /** Called when pictures can be sent. */
  onOpen: () => void;
  /** Called for each message, with its fields. */
  onMessage: (message: Readonly<Record<string, unknown>>) => void;
  /** Called once, when the connection is gone or there is none. */
  onLost: (loss: Loss) => void;
}

/** A code of the server's own: another program has taken the place. */
const TAKEN = 4409;
/** Statuses of refusals that stand until somebody changes something. */
const REFUSALS = [401, 403, 404, 409];
/** The answer to a plain request at an address that would take a handshake. */
const UPGRADE_REQUIRED = 426;
/** Ten wrong tokens a minute would lock out everybody at this address. */
const REFUSED_MS = 10_000;

/** One connection to a camera that takes pictures. */
export class PushConnection {
  readonly #url: string;
  readonly #options: PushConnectionOptions;
  readonly #socket: WebSocket;
  readonly #pinger: Pinger;
  #failure = "";
  #isOpen = false;
  #isClosed = false;

  /** Begins to connect. */
  constructor(url: string, options: PushConnectionOptions) {
    this.#url = url;
    this.#options = options;
    const socket = this.#socket = new WebSocket(url);
    this.#pinger = createPinger({
      ping: (id) => socket.send(JSON.stringify({ type: "ping", id })),
      // A dead connection may never report its close.
      onDead: () => this.#lose({ reason: "no answer to three pings" }),
    });
    limitHandshake(socket, (reason) => this.#lose({ reason }));
    socket.onerror = (event) => {
      event.preventDefault();
      // Not every JavaScript runtime has an ErrorEvent.
      this.#failure = "message" in event ? String(event.message) : "";
      // Node 20 reports no close of a connection that was never open.
      if (socket.readyState === WebSocket.CONNECTING) void this.#loseRefused();
    };
    socket.onopen = () => {
      this.#isOpen = true;
      this.#pinger.start();
      options.onOpen();
    };
    socket.onclose = ({ code, reason }) => {
      if (!this.#isOpen) return void this.#loseRefused();
      this.#lose({ reason: reason || `closed with code ${code}`, isFinal: code === TAKEN });
    };
    socket.onmessage = ({ data }) => this.#hear(data);
  }

  /** Whether pictures can be sent. */
  get isOpen(): boolean {
    return this.#isOpen && !this.#isClosed;
  }

  /**
   * Sends a picture.
   *
   * @param timestamp its capture time, by the server's clock; now, if not given
   */
  send(jpeg: Uint8Array, timestamp?: number): void {
    const now = (Date.now() + (this.#pinger.offsetMs ?? 0)) / 1000;
    this.#socket.send(withComment(jpeg, JSON.stringify({ timestamp: timestamp ?? now })));
  }

  /** Closes it, open or not; no callback is called. */
  close(): void {
    this.#isClosed = true;
    const socket = this.#socket;
    socket.onopen = socket.onclose = socket.onmessage = null;
    this.#pinger.stop();
    if (socket.readyState <= WebSocket.OPEN) socket.close();
  }

  #hear(data: unknown): void {
    const message = parse(data);
    const { type, id, timestamp, code } = message;
    if (type === "error" && code === "busy") {
      return this.#lose({ reason: String(message["message"]), isFinal: true });
    }
    if (type === "pong" && typeof timestamp === "number") this.#pinger.hear(id, timestamp);
    else this.#options.onMessage(message);
  }

  async #loseRefused(): Promise<void> {
    const { reason, status } = await this.#whyRefused();
    this.#lose({
      reason,
      isFinal: !this.#options.wasAccepted && REFUSALS.includes(status),
      waitMs: [401, 403, 429].includes(status) ? REFUSED_MS : 0,
    });
  }

  #lose({ reason, isFinal = false, waitMs = 0 }: Partial<Loss> & Pick<Loss, "reason">): void {
    if (this.#isClosed) return;
    this.close();
    this.#options.onLost({ reason, isFinal, waitMs });
  }

  /**
   * A plain request to the same address is refused in words, where a handshake yields a number or
   * nothing.
   */
  async #whyRefused(): Promise<{ reason: string; status: number }> {
    const { reason } = explainRefusal(this.#failure || "closed before it was open");
    try {
      const signal = AbortSignal.timeout(CONNECT_LIMIT_MS);
      const answer = await fetch(this.#url.replace(/^ws/, "http"), { signal });
      const { status, headers } = answer;
      // Another server may answer with a page, or with a stream that doesn't end.
      const isWords = status >= 400 && status !== UPGRADE_REQUIRED &&
        headers.get("content-type")?.startsWith("text/plain");
      const text = isWords ? (await answer.text()).trim() : "";
      if (!isWords) await answer.body?.cancel();
      return { reason: text || reason, status };
    } catch {
      return { reason, status: 0 };
    }
  }
}

function parse(data: unknown): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = typeof data === "string" ? JSON.parse(data) : undefined;
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
