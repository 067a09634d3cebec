import { reconnectDelayMs } from "../server/element/link/reconnect.js";
import { type Loss, PushConnection } from "./push_connection.ts";

/** A change of a pusher's connection. */
export type PushEvent =
  | { type: "connected" }
  /** The connection is gone; the next try comes in `retryMs` milliseconds. */
  | { type: "disconnected"; reason: string; retryMs: number }
  /** The server has refused, or another program has taken the place: this is final. */
  | { type: "refused"; reason: string }
  /** The server's words about a picture, at most once a second. */
  | { type: "error"; message: string };

export interface PushOptions {
  /** The camera's name. @default {the first that takes pictures} */
  camera?: string | undefined;
  /**
   * Whether to take the place of another program.
   *
   * @default {false}
   */
  replace?: boolean;
  /** Called with each change of the connection. */
  onEvent?: (event: PushEvent) => void;
}

/** At most this many pictures are in flight: the next one is sent when the server has read one. */
const MOST_UNREAD = 2;
/** How long `close` waits for the last picture to arrive. */
const LAST_MS = 2000;

/**
 * Pushes pictures to a camera whose source is `push`. It reconnects for ever; only a server that
 * refuses the very first connection, or another program that takes the place, ends it.
 *
 * ```ts
 * import { push } from "./push.ts";
 *
 * await using pusher = push("ws://localhost:8765", { camera: "ai" });
 * await pusher.send(await Deno.readFile("now.jpg"));
 * ```
 *
 * @param url a server's WebSocket, `ws://HOST:8765`
 * @throws {TypeError} when the address is invalid
 */
export function push(url: string, options: PushOptions = {}): Pusher {
  return new Pusher(pushAddress(url, options), options.onEvent ?? (() => {}));
}

/** The address that takes pictures of a camera. */
export function pushAddress(url: string, { camera, replace = false }: PushOptions = {}): string {
  const address = new URL(url);
  address.pathname = `${address.pathname.replace(/\/?$/, "")}/push`;
  address.searchParams.set("ack", "1");
  if (camera !== undefined) address.searchParams.set("camera", camera);
  if (replace) address.searchParams.set("replace", "1");
  return address.href;
}

/** A program's end of the connection to a camera that it pushes pictures to. */
export class Pusher implements AsyncDisposable {
  readonly #url: string;
  readonly #onEvent: (event: PushEvent) => void;
  #connection: PushConnection | undefined;
  #sent = 0;
  #read = 0;
  /** The picture to send when there is room. */
  #waiting: { jpeg: Uint8Array; timestamp: number | undefined } | undefined;
  #hasConnected = false;
  #failures = 0;
  #ending: Error | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wakeUps: (() => void)[] = [];

  /** Begins to connect. */
  constructor(url: string, onEvent: (event: PushEvent) => void) {
    this.#url = url;
    this.#onEvent = onEvent;
    this.#connect();
  }

  /**
   * Sends a picture as soon as there is room for it, which may be after a reconnection.
   *
   * @param jpeg a whole JPEG file
   * @param timestamp its capture time, in seconds since 1970 on the server's clock; now, if not
   *   given
   * @throws {Error} when the server has refused, or this was closed
   */
  async send(jpeg: Uint8Array, timestamp?: number): Promise<void> {
    while (!this.#hasRoom) {
      if (this.#ending) throw this.#ending;
      await this.#untilChanged();
    }
    if (this.#ending) throw this.#ending;
    this.#send(jpeg, timestamp);
  }

  /**
   * Sends a picture, or keeps it until there is room; a newer one replaces it.
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

  /** Ends the connection when the last picture has arrived, or after some seconds. */
  async close(): Promise<void> {
    const end = performance.now() + LAST_MS;
    while (this.#connection?.isOpen && !this.#ending && this.#isBusy && performance.now() < end) {
      await this.#untilChanged(end - performance.now());
    }
    this.#end(new Error("Cannot push: the connection was closed by this program"));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #isBusy(): boolean {
    return this.#waiting !== undefined || this.#sent > this.#read;
  }

  get #hasRoom(): boolean {
    return this.#connection?.isOpen === true && this.#sent - this.#read < MOST_UNREAD;
  }

  #send(jpeg: Uint8Array, timestamp?: number): void {
    this.#sent++;
    this.#connection?.send(jpeg, timestamp);
  }

  #connect(): void {
    this.#connection = new PushConnection(this.#url, {
      wasAccepted: this.#hasConnected,
      onOpen: () => {
        this.#hasConnected = true;
        this.#failures = this.#sent = this.#read = 0;
        this.#onEvent({ type: "connected" });
        this.#flush();
      },
      onMessage: (message) => this.#hear(message),
      onLost: (loss) => this.#lose(loss),
    });
  }

  #hear({ type, sequence, message }: Readonly<Record<string, unknown>>): void {
    if (type === "error") this.#onEvent({ type, message: String(message) });
    if (type !== "ack" || typeof sequence !== "number") return;
    this.#read = Math.max(this.#read, Math.min(sequence, this.#sent));
    this.#flush();
  }

  /** Sends the waiting picture, and wakes whoever waits for room. */
  #flush(): void {
    const waiting = this.#waiting;
    if (waiting && this.#hasRoom) {
      this.#waiting = undefined;
      this.#send(waiting.jpeg, waiting.timestamp);
    }
    for (const wakeUp of this.#wakeUps.splice(0)) wakeUp();
  }

  /** Waits for room or the end, and no longer than that many milliseconds, if they are given. */
  async #untilChanged(ms?: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    // Node 20 has no `Promise.withResolvers()`.
    await new Promise<void>((resolve) => {
      this.#wakeUps.push(resolve);
      if (ms !== undefined) timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  }

  #lose({ reason, isFinal, waitMs }: Loss): void {
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
    this.#connection?.close();
    this.#flush();
  }
}
