import { withComment } from "../jpeg/comment.ts";
import { reconnectDelayMs } from "../server/element/link/reconnect.js";
import { explainRefusal } from "./refusal.ts";
import { createServerClock, type ServerClock } from "./server_clock.ts";

/** What happens to a pusher's connection. */
export type PushEvent =
  | { type: "connected" }
  /** The connection is gone; the next try comes in `retryMs` milliseconds. */
  | { type: "disconnected"; reason: string; retryMs: number }
  /** The server has said no, or another program has taken the place: this is the end. */
  | { type: "refused"; reason: string }
  /** The server's words about a picture, at most once a second. */
  | { type: "error"; message: string };

/** Options of {@linkcode push}. */
export interface PushOptions {
  /** The camera's name. @default {the first that takes pictures} */
  camera?: string | undefined;
  /** Takes the place of another program. @default {false} */
  replace?: boolean;
  /** Told what happens to the connection. */
  onEvent?: (event: PushEvent) => void;
}

/** So many pictures are on their way at most: the next one goes out when the server has read one. */
const MOST_UNREAD = 2;
/** How long `close` waits for the last picture to arrive. */
const LAST_MS = 2000;
/** One of the server's own codes: another program has taken the place. */
const TAKEN = 4409;
/** Statuses by which a server says no, and means it until somebody changes something. */
const REFUSALS = [401, 403, 404, 409];
/** What a request that is no handshake gets where one would be taken. */
const UPGRADE_REQUIRED = 426;
/** Ten wrong tokens a minute would keep out everybody at this address. */
const REFUSED_MS = 10_000;

/**
 * Pushes pictures to a camera whose source is `push`. Connects again for ever; only a server that says no before it
 * has ever said yes, and another program that takes the place, end it.
 *
 * ```ts
 * import { push } from "./push.ts";
 *
 * await using pusher = push("ws://localhost:8765", { camera: "ai" });
 * await pusher.send(await Deno.readFile("now.jpg"));
 * ```
 *
 * @param url a server's WebSocket, `ws://HOST:8765`
 * @throws {TypeError} when the address is none
 */
export function push(url: string, options: PushOptions = {}): Pusher {
  return new Pusher(pushAddress(url, options), options.onEvent ?? (() => {}));
}

/** The address at which pictures of a camera are taken. */
export function pushAddress(url: string, { camera, replace = false }: PushOptions = {}): string {
  const address = new URL(url);
  address.pathname = `${address.pathname.replace(/\/?$/, "")}/push`;
  address.searchParams.set("ack", "1");
  if (camera !== undefined) address.searchParams.set("camera", camera);
  if (replace) address.searchParams.set("replace", "1");
  return address.href;
}

/** What is known of a connection's end. */
interface Loss {
  /** Whether the next one would end in the same way. */
  isFinal: boolean;
  /** How long the next one has to wait, in milliseconds, at least. */
  waitMs: number;
}

/** A program's end of a camera that it pushes pictures to. */
export class Pusher implements AsyncDisposable {
  readonly #url: string;
  readonly #onEvent: (event: PushEvent) => void;
  #socket: WebSocket | undefined;
  #clock: ServerClock | undefined;
  #sent = 0;
  #read = 0;
  /** Goes out when there is room. */
  #waiting: { jpeg: Uint8Array; timestamp: number | undefined } | undefined;
  #hasConnected = false;
  #failures = 0;
  #ending: Error | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #changed = Promise.withResolvers<void>();

  /** Begins to connect. */
  constructor(url: string, onEvent: (event: PushEvent) => void) {
    this.#url = url;
    this.#onEvent = onEvent;
    this.#connect();
  }

  /**
   * Sends a picture as soon as there is room for it, which may be after the next connection.
   *
   * @param jpeg a whole JPEG file
   * @param timestamp when it was captured, in seconds since 1970 on the server's clock; now, if not given
   * @throws {Error} when the server has refused, or this was closed
   */
  async send(jpeg: Uint8Array, timestamp?: number): Promise<void> {
    while (!this.#hasRoom) {
      if (this.#ending) throw this.#ending;
      await this.#changed.promise;
    }
    if (this.#ending) throw this.#ending;
    this.#send(jpeg, timestamp);
  }

  /**
   * Sends a picture, or keeps it until there is room for one: then the newest goes out.
   *
   * @returns whether it was sent at once
   * @throws {Error} when the server has refused, or this was closed
   */
  offer(jpeg: Uint8Array, timestamp?: number): boolean {
    if (this.#ending) throw this.#ending;
    this.#waiting = this.#hasRoom ? undefined : { jpeg, timestamp };
    if (this.#waiting) return false;
    this.#send(jpeg, timestamp);
    return true;
  }

  /** Ends the connection, when the last picture has arrived or some seconds have passed. */
  async close(): Promise<void> {
    const end = performance.now() + LAST_MS;
    while (this.#socket && !this.#ending && this.#isBusy && performance.now() < end) {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, end - performance.now());
      await Promise.race([this.#changed.promise, late]);
      clearTimeout(timer);
    }
    this.#end(new Error("Cannot push: this was closed"));
  }

  /** Same as {@linkcode Pusher.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #isBusy(): boolean {
    return this.#waiting !== undefined || this.#sent > this.#read;
  }

  get #hasRoom(): boolean {
    return this.#socket !== undefined && this.#sent - this.#read < MOST_UNREAD;
  }

  #send(jpeg: Uint8Array, timestamp?: number): void {
    const now = (Date.now() + (this.#clock?.offsetMs ?? 0)) / 1000;
    this.#sent++;
    this.#socket?.send(withComment(jpeg, JSON.stringify({ timestamp: timestamp ?? now })));
  }

  #connect(): void {
    const socket = new WebSocket(this.#url);
    const clock = createServerClock({
      ping: (id) => socket.send(JSON.stringify({ type: "ping", id })),
      // A dead link may not even close.
      onDead: () => onGone("no answer to three pings"),
    });
    const onGone = (reason: string, how: Partial<Loss> = {}): void => {
      socket.onopen = socket.onclose = socket.onmessage = null;
      clock.stop();
      if (socket.readyState <= WebSocket.OPEN) socket.close();
      this.#lose(reason, how);
    };
    let failure = "";
    socket.onerror = (event) => {
      event.preventDefault();
      failure = event instanceof ErrorEvent ? event.message : "";
    };
    socket.onopen = () => {
      clock.start();
      this.#begin(socket, clock);
    };
    socket.onclose = async ({ code, reason }) => {
      if (socket === this.#socket) {
        return onGone(reason || `closed with code ${code}`, { isFinal: code === TAKEN });
      }
      const { words, status } = await this.#whyRefused(failure);
      // After a lost line, the server may still have the old connection.
      const isFinal = !this.#hasConnected && REFUSALS.includes(status);
      onGone(words, { isFinal, waitMs: [401, 403, 429].includes(status) ? REFUSED_MS : 0 });
    };
    socket.onmessage = ({ data }) => this.#hear(data, clock);
    // Whoever closes this before it is open closes it all the same.
    this.#close = () => {
      socket.onopen = socket.onclose = socket.onmessage = null;
      clock.stop();
      if (socket.readyState <= WebSocket.OPEN) socket.close();
    };
  }

  #close = (): void => {};

  #begin(socket: WebSocket, clock: ServerClock): void {
    this.#socket = socket;
    this.#clock = clock;
    this.#hasConnected = true;
    this.#failures = this.#sent = this.#read = 0;
    this.#onEvent({ type: "connected" });
    this.#flush();
  }

  #hear(data: unknown, clock: ServerClock): void {
    const { type, id, sequence, timestamp, message, code } = parse(data);
    if (type === "error" && code === "busy") {
      this.#close();
      return this.#lose(String(message), { isFinal: true });
    }
    if (type === "pong" && typeof timestamp === "number") clock.hear(id, timestamp);
    if (type === "error") this.#onEvent({ type, message: String(message) });
    if (type !== "ack" || typeof sequence !== "number") return;
    this.#read = Math.max(this.#read, Math.min(sequence, this.#sent));
    this.#flush();
  }

  /** Sends what waits, and wakes who waits. */
  #flush(): void {
    const waiting = this.#waiting;
    if (waiting && this.#hasRoom) {
      this.#waiting = undefined;
      this.#send(waiting.jpeg, waiting.timestamp);
    }
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  #lose(reason: string, { isFinal = false, waitMs = 0 }: Partial<Loss>): void {
    if (this.#ending) return;
    this.#socket = undefined;
    if (isFinal) {
      const words = reason.startsWith("Cannot ") ? reason : `Cannot push: ${reason}`;
      this.#end(new Error(words));
      return this.#onEvent({ type: "refused", reason: words });
    }
    const retryMs = Math.max(reconnectDelayMs(this.#failures++), waitMs);
    this.#onEvent({ type: "disconnected", reason, retryMs });
    this.#timer = setTimeout(() => this.#connect(), retryMs);
    this.#flush();
  }

  #end(why: Error): void {
    if (this.#ending) return;
    this.#ending = why;
    clearTimeout(this.#timer);
    this.#close();
    this.#socket = undefined;
    this.#flush();
  }

  /** A request at the same address says in words what a handshake says by a number, or not at all. */
  async #whyRefused(failure: string): Promise<{ words: string; status: number }> {
    const { reason } = explainRefusal(failure);
    try {
      const answer = await fetch(this.#url.replace(/^ws/, "http"));
      const { status } = answer;
      const text = (await answer.text()).trim();
      return { words: status === UPGRADE_REQUIRED ? reason : text, status };
    } catch {
      return { words: reason, status: 0 };
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
