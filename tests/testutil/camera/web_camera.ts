import { encodeJpeg } from "../../../lib/jpeg/imagescript/encode_jpeg.ts";
import { clockPicture } from "../picture/clock_picture.ts";

/** How an HTTP camera answers. */
export interface WebAnswer {
  /** The status line and the headers, without the empty line. @default {OK} */
  head?: string[];
  /** The end of a line. @default {"\r\n"} */
  newline?: string;
  /** The lines before a picture. */
  part?: (jpeg: Uint8Array, index: number) => string[];
  /** The picture, or what is sent instead. */
  change?: (jpeg: Uint8Array<ArrayBuffer>, index: number) => Uint8Array<ArrayBuffer>;
  /** Text before the first part. */
  preamble?: string;
  /** Text after a picture. @default the newline */
  after?: string;
  /** The time until the next picture, in milliseconds, by the number of this one. @default {50} */
  waits?: (index: number) => number;
  /** Pictures until the connection is closed. @default {Infinity} */
  pictures?: number;
  /** Each in a chunk of its own. @default {false} */
  isChunked?: boolean;
  /** In pixels, by the number of the picture. @default {[128, 128]} */
  size?: (index: number) => [width: number, height: number];
}

/** An HTTP camera that the test controls. */
export interface WebCamera extends AsyncDisposable {
  /** Its address. */
  readonly url: string;
  /** The heads of the requests so far. */
  readonly requests: string[];
}

/** Served by most. */
export const OK = ["HTTP/1.0 200 OK", "Content-Type: multipart/x-mixed-replace; boundary=frame"];
const EVERY_MS = 50;

/** A part with its length, as it should be. */
export function usualPart(jpeg: Uint8Array): string[] {
  return ["--frame", "Content-Type: image/jpeg", `Content-Length: ${jpeg.length}`];
}

/** Serves a camera on loopback whose answers are made for each request. */
export function startWebCamera(
  answer: (request: string) => WebAnswer,
  { hostname = "127.0.0.1" }: { hostname?: string } = {},
): WebCamera {
  const listener = Deno.listen({ port: 0, hostname });
  const requests: string[] = [];
  const conns = new Set<Deno.Conn>();
  const running: Promise<void>[] = [];
  const serving = (async () => {
    for await (const conn of listener) {
      conns.add(conn);
      running.push(
        serve(conn).catch(() => {}).finally(() => {
          conns.delete(conn);
          close(conn);
        }),
      );
    }
  })();

  async function serve(conn: Deno.Conn): Promise<void> {
    let request = "";
    const buffer = new Uint8Array(8192);
    while (!request.includes("\r\n\r\n")) {
      const length = await conn.read(buffer);
      if (length === null) return;
      request += new TextDecoder().decode(buffer.subarray(0, length));
    }
    requests.push(request);
    await send(conn, answer(request));
  }

  const { port } = listener.addr;
  return {
    url: `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}/`,
    requests,
    async [Symbol.asyncDispose]() {
      close(listener);
      await serving;
      for (const conn of conns) close(conn);
      await Promise.all(running);
    },
  };
}

async function send(conn: Deno.Conn, answer: WebAnswer): Promise<void> {
  const { head = OK, newline = "\r\n", part = usualPart, pictures = Infinity } = answer;
  const { change = (jpeg) => jpeg, after = newline, preamble = "", isChunked = false } = answer;
  const { size = () => [128, 128], waits = () => EVERY_MS } = answer;
  const writer = conn.writable.getWriter();
  const encoder = new TextEncoder();
  await writer.write(encoder.encode([...head, newline + preamble].join(newline)));
  for (let index = 0; index < pictures; index++) {
    const [width, height] = size(index);
    const jpeg = change(await encodeJpeg(clockPicture(width, height), 80), index);
    const lines = part(jpeg, index);
    const before = lines.length === 0 ? "" : [...lines, newline].join(newline);
    const bytes = new Blob([before, jpeg, after]);
    const chunk = [`${bytes.size.toString(16)}\r\n`, bytes, "\r\n"];
    await writer.write(await new Blob(isChunked ? chunk : [bytes]).bytes());
    if (pictures === Infinity) await new Promise((resolve) => setTimeout(resolve, waits(index)));
  }
}

function close(resource: { close(): void }): void {
  try {
    resource.close();
  } catch {
    // It is closed already.
  }
}
