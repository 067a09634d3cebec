import { encodeBase64 } from "@std/encoding/base64";
import { encodeJpeg } from "../../../lib/jpeg/imagescript/encode_jpeg.ts";
import { createPage } from "../../../lib/server/page/page.ts";

/** A command as it came. */
export type FakeCommand = Readonly<Record<string, unknown>>;

/** A server that does only what a test wants of it. */
export interface FakeServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** The query of each connection so far. */
  readonly queries: URLSearchParams[];
  /** Everything that viewers have sent so far. */
  readonly commands: FakeCommand[];
  /** The commands of a type. */
  of(type: string): FakeCommand[];
}

export interface FakeServerOptions {
  /** Its answer to a command, without `id`; nothing by default, like the service before wscam. */
  answer?: (command: FakeCommand) => object | undefined | Promise<object>;
  /** Numbers its pictures, and sends this many before the first is acknowledged. */
  inFlight?: number;
  /** The list of `GET /cameras`. @default {[]} */
  cameras?: readonly object[];
  /** Takes no WebSocket, and answers everything but the page like this. */
  refuse?: () => Response;
  /** Whether it sends pictures now. */
  sends?: () => boolean;
  /** Called when a picture of this time has been sent; may send another message. */
  onPicture?: (timestamp: number, send: (message: object) => void) => void;
}

const EVERY_MS = 100;

/** Serves the page, and a grey picture of 64 by 48 pixels ten times a second. */
export async function startFakeServer(
  {
    answer = () => undefined,
    inFlight,
    cameras = [],
    refuse,
    sends = () => true,
    onPicture = () => {},
  }: FakeServerOptions = {},
): Promise<FakeServer> {
  const data = new Uint8Array(64 * 48 * 4).fill(128);
  const jpeg = encodeBase64(await encodeJpeg({ data, width: 64, height: 48 }, 50));
  const page = await createPage();
  const queries: URLSearchParams[] = [];
  const commands: FakeCommand[] = [];
  const sockets = new Set<WebSocket>();

  function connect(request: Request, query: URLSearchParams): Response {
    const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
    queries.push(query);
    let sequence = 0;
    let acknowledged = 0;
    const timer = setInterval(() => {
      if (socket.readyState !== WebSocket.OPEN || !sends()) return;
      if (inFlight !== undefined && sequence - acknowledged >= inFlight) return;
      const number = inFlight === undefined ? {} : { sequence: ++sequence };
      const timestamp = Date.now() / 1000;
      const send = (message: object): void => {
        if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
      };
      send({ type: "image", data: jpeg, timestamp, ...number });
      onPicture(timestamp, send);
    }, EVERY_MS);
    sockets.add(socket);
    socket.onmessage = async ({ data }) => {
      const command: FakeCommand = JSON.parse(data);
      commands.push(command);
      if (command.type === "ack") acknowledged = Number(command.sequence);
      const answered = await answer(command);
      if (answered) socket.send(JSON.stringify({ ...answered, id: command.id }));
    };
    socket.onclose = () => {
      clearInterval(timer);
      sockets.delete(socket);
    };
    return response;
  }

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (refuse !== undefined && pathname !== "/") return refuse();
    if (request.headers.has("upgrade")) return refuse?.() ?? connect(request, searchParams);
    return pathname === "/cameras" ? Response.json(cameras) : page();
  });
  const { port } = server.addr;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    queries,
    commands,
    of: (type) => commands.filter((command) => command.type === type),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.close();
      await server.shutdown();
    },
  };
}

/** Answers a ping as wscam does, and nothing else. */
export function answerPing({ type }: FakeCommand): object | undefined {
  return type === "ping" ? { type: "pong", timestamp: Date.now() / 1000 } : undefined;
}
