import type { ErrorMessage, ImageMessage, PongMessage } from "../../../lib/protocol/message.ts";

/** A plain client: what a browser's WebSocket gets. */
export interface TestViewer extends AsyncDisposable {
  readonly socket: WebSocket;
  /** Everything so far, in order. */
  readonly messages: (ImageMessage | ErrorMessage | PongMessage)[];
  /** The images among them. */
  images(): ImageMessage[];
  /** The errors among them. */
  errors(): ErrorMessage[];
  /** Pictures that came as files. */
  readonly files: Uint8Array<ArrayBuffer>[];
  /** Sends a command. */
  command(fields: Record<string, unknown>): void;
  /** How the connection ended. */
  readonly closed: Promise<{ code: number; reason: string }>;
}

/** Connects, and keeps what arrives. */
export async function openViewer(url: string): Promise<TestViewer> {
  const socket = new WebSocket(url);
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  const messages: TestViewer["messages"] = [];
  const files: Uint8Array<ArrayBuffer>[] = [];
  socket.binaryType = "arraybuffer";
  socket.onopen = () => opened.resolve();
  socket.onerror = (event) => {
    event.preventDefault();
    opened.reject(new Error(`Cannot connect to ${url}`));
  };
  socket.onclose = ({ code, reason }) => closed.resolve({ code, reason });
  socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    if (typeof data === "string") messages.push(JSON.parse(data));
    else files.push(new Uint8Array(data));
  };
  await opened.promise;
  return {
    socket,
    messages,
    files,
    command: (fields) => socket.send(JSON.stringify(fields)),
    images: () => messages.filter((message) => message.type === "image"),
    errors: () => messages.filter((message) => message.type === "error"),
    closed: closed.promise,
    async [Symbol.asyncDispose]() {
      if (socket.readyState <= WebSocket.OPEN) socket.close();
      await closed.promise;
    },
  };
}
