import { decodeBase64, encodeBase64 } from "@std/encoding/base64";
import { drawJpeg } from "../../jpeg/jpegs.ts";
import { eventually } from "../eventually.ts";

/** A plain program that pushes pictures. */
export interface TestPusher extends AsyncDisposable {
  readonly socket: WebSocket;
  /** The messages of the server. */
  readonly messages: Record<string, unknown>[];
  /** How the connection ended. */
  readonly closed: Promise<{ code: number; reason: string }>;
  /** Pushes a picture this many times a second, until the returned function is called. */
  keepPushing(picture: Uint8Array<ArrayBuffer> | string, fps?: number): () => void;
}

/** Connects, and pushes nothing yet. */
export async function openPusher(ws: string, query = "camera=ai"): Promise<TestPusher> {
  const socket = new WebSocket(`${ws}/push?${query}`);
  const messages: TestPusher["messages"] = [];
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  const timers = new Set<ReturnType<typeof setInterval>>();
  socket.onopen = () => opened.resolve();
  socket.onerror = (event) => {
    event.preventDefault();
    opened.reject(new Error(event instanceof ErrorEvent ? event.message : "failed"));
  };
  socket.onclose = ({ code, reason }) => {
    for (const timer of timers) clearInterval(timer);
    closed.resolve({ code, reason });
  };
  socket.onmessage = ({ data }) => messages.push(JSON.parse(data));
  await opened.promise;
  return {
    socket,
    messages,
    closed: closed.promise,
    keepPushing(picture, fps = 20) {
      const push = (): void => {
        if (socket.readyState === WebSocket.OPEN) socket.send(picture);
      };
      const timer = setInterval(push, 1000 / fps);
      timers.add(timer);
      push();
      return () => clearInterval(timer);
    },
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearInterval(timer);
      if (socket.readyState <= WebSocket.OPEN) socket.close();
      await closed.promise;
    },
  };
}

/** The answer to a program that may not push, over plain HTTP and by the handshake's status. */
export async function refusalOf(
  { ws, url }: { ws: string; url: string },
  query: string,
): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${url}/push?${query}`);
  const text = await answer.text();
  const failure = await openPusher(ws, query).then(
    (pusher) => pusher[Symbol.asyncDispose]().then(() => ""),
    ({ message }: Error) => message,
  );
  if (!failure.includes(String(answer.status))) {
    throw new Error(`the handshake must be answered as the request, ${answer.status}: ${failure}`);
  }
  return { status: answer.status, text };
}

/** Waits until a program is disconnected, in words and by a code, which it may miss while it goes on pushing. */
export async function disconnected(pusher: TestPusher, code: number, words: RegExp): Promise<void> {
  const closed = await pusher.closed;
  const said = pusher.messages.map(({ message }) => String(message));
  if (![code, 0].includes(closed.code) || !said.some((each) => words.test(each))) {
    throw new Error(`must be disconnected with ${code}: ${closed.code}, ${said.join("; ")}`);
  }
}

/** Whether a picture that a viewer got is one that was pushed, before which a comment may stand. */
export function isPicture(data: string | undefined, jpeg: Uint8Array): boolean {
  return encodeBase64(decodeBase64(data ?? "").slice(-jpeg.length + 2)) ===
    encodeBase64(jpeg.slice(2));
}

/** One picture, for who doesn't mind which. */
export function somePicture(seed = 1): Promise<Uint8Array<ArrayBuffer>> {
  return drawJpeg(160, 120, seed);
}

/** Waits until a camera is in a state. */
export async function untilState(url: string, state: string, camera = "ai"): Promise<void> {
  await eventually(async () => {
    const cameras: { name: string; state: string }[] = await (await fetch(`${url}/cameras`)).json();
    return cameras.find(({ name }) => name === camera)?.state === state;
  }, { what: `camera ${camera} to be ${state}` });
}
