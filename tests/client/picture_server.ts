import { assert, assertEquals } from "@std/assert";
import { getEventListeners } from "node:events";
import { type Picture, view, type ViewerEvent } from "../../lib/client/viewer.ts";
import { imageText } from "../../lib/protocol/message.ts";
import { eventually } from "../testutil/eventually.ts";
import { startTestServer, type TestServer } from "../testutil/server/test_server.ts";

export interface FakeServer extends AsyncDisposable {
  readonly url: string;
  /** One for each connection, in order. */
  readonly sockets: WebSocket[];
  /** The messages of viewers. */
  readonly received: string[];
}

export interface FakeServerOptions {
  onOpen?: (socket: WebSocket, server: FakeServer) => void;
  onMessage?: (socket: WebSocket, text: string) => void;
}

/** Knows all that were opened: nobody else waits for the viewer's end of a connection, which closes a moment later. */
class TrackedWebSocket extends WebSocket {
  static readonly #opened: WebSocket[] = [];

  static get areClosed(): boolean {
    return TrackedWebSocket.#opened.every(({ readyState }) => readyState === WebSocket.CLOSED);
  }

  constructor(url: string | URL) {
    super(url);
    TrackedWebSocket.#opened.push(this);
  }
}
globalThis.WebSocket = TrackedWebSocket;

/** A real server, which waits for its viewers to be gone: else they would be the next test's. */
export async function startViewed(): Promise<TestServer> {
  const server = await startTestServer();
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await untilViewersClosed();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function untilViewersClosed(): Promise<void> {
  await eventually(() => TrackedWebSocket.areClosed, { what: "the viewer's ends to be closed" });
}

/** A service that does what a test says. */
export function startServer({ onOpen, onMessage }: FakeServerOptions = {}): FakeServer {
  const sockets: WebSocket[] = [];
  const received: string[] = [];
  const closed: Promise<void>[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    sockets.push(socket);
    closed.push(new Promise((resolve) => socket.onclose = () => resolve()));
    socket.onerror = (event) => event.preventDefault();
    socket.onopen = () => onOpen?.(socket, fake);
    socket.onmessage = ({ data }) => {
      received.push(String(data));
      onMessage?.(socket, String(data));
    };
    return response;
  });
  const fake: FakeServer = {
    url: `ws://127.0.0.1:${server.addr.port}`,
    sockets,
    received,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) if (socket.readyState === WebSocket.OPEN) socket.close();
      await Promise.all(closed);
      await server.shutdown();
      await untilViewersClosed();
    },
  };
  return fake;
}

export function sendPicture(
  socket: WebSocket,
  number: number,
  timestamp = Date.now() / 1000,
): void {
  if (socket.readyState === WebSocket.OPEN) {
    socket.send(imageText(Uint8Array.of(number), timestamp));
  }
}

/** Reads until `isEnough`, then aborts, and makes sure that this ends the viewing. */
export async function watch(
  url: string,
  isEnough: (event: ViewerEvent, events: readonly ViewerEvent[]) => unknown,
): Promise<ViewerEvent[]> {
  const abort = new AbortController();
  const events: ViewerEvent[] = [];
  for await (const event of view(url, abort.signal)) {
    assert(!abort.signal.aborted, "nothing comes after the end");
    events.push(event);
    if (isEnough(event, events)) abort.abort();
  }
  assertEquals(getEventListeners(abort.signal, "abort"), []);
  return events;
}

export function pictures(events: readonly ViewerEvent[]): Picture[] {
  return events.filter((event) => event.type === "picture");
}

export const isPicture = ({ type }: ViewerEvent): boolean => type === "picture";
