import { assertLess, assertMatch } from "@std/assert";
import { runLoad } from "./load.ts";
import { createRandom } from "../random.ts";
import { openRaw, type RawSocket } from "../client/raw_socket.ts";
import { OPCODE, websocketFrame } from "../client/websocket_frame.ts";

/** Something that clients do to a server, which must not mind. */
export interface Hostility {
  /** The clients, in words. */
  name: string;
  /** Does it, and leaves nobody behind. */
  strike(port: number): Promise<void>;
  /** The number of descriptors that Deno itself may lose by it, which nobody can give back. */
  lost?: number;
}

/**
 * A client with a full window isn't told that it has been disconnected, and goes on for this long.
 */
const PATIENCE_MS = 10_000;
const CHUNK = new Uint8Array(100_000);
const FIRST_FRAGMENT = websocketFrame(CHUNK, { isLast: false, opcode: OPCODE.binary });
const NEXT_FRAGMENT = websocketFrame(CHUNK, { isLast: false, opcode: OPCODE.continuation });

/** Frames that break the rules of WebSocket. */
const BROKEN_FRAMES: readonly Uint8Array[] = [
  websocketFrame("", { opcode: 0xf }),
  websocketFrame("x", { opcode: OPCODE.continuation }),
  websocketFrame("x".repeat(200), { opcode: OPCODE.ping }),
  websocketFrame("x", { opcode: OPCODE.ping, isLast: false }),
  websocketFrame("", { length: 2 ** 40 }),
  websocketFrame(new Uint8Array([0xff, 0xfe])),
  websocketFrame('{"type":"ping"}', { isMasked: false }),
];

/** Requests that are too large, and what each is answered with. */
const LARGE_REQUESTS: readonly [head: string, status: RegExp][] = [
  [`GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(40_000)}\r\n\r\n`, / 431 /],
  [`GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(100_000)}\r\n\r\n`, / 400 /],
  [`GET / HTTP/1.1\r\nHost: a\r\n${"X: y\r\n".repeat(1000)}\r\n`, / 400 /],
  [`GET /?${"x".repeat(5000)} HTTP/1.1\r\nHost: a\r\n\r\n`, / 414 /],
  [`GET /?${"x".repeat(1_000_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, / 400 /],
];

/** Everything that hostile clients do. */
export const HOSTILITIES: readonly Hostility[] = [
  {
    name: "1,000 clients that connect and vanish",
    strike: (port) => withMany(port, 1000, (raw, i) => i % 2 ? raw.reset() : undefined),
  },
  {
    name: "1,000 clients that vanish within the handshake",
    strike: (port) =>
      withMany(port, 1000, async (raw, i) => {
        await raw.ask("/", 10 + i % 100);
        if (i % 2) raw.reset();
      }),
  },
  {
    name: "1,000 viewers that are reset before they are answered, while they are, and after",
    // Deno 2.9.6 loses one in 200 when the reset comes while a connection becomes a WebSocket.
    lost: 10,
    strike: (port) =>
      withMany(port, 1000, async (raw, i) => {
        await raw.ask();
        if (i % 3 === 1) await new Promise((resolve) => setTimeout(resolve, i % 10));
        if (i % 3 === 2) await raw.readSome();
        raw.reset();
      }),
  },
  {
    name: "random bytes, before the handshake and after",
    async strike(port) {
      const random = createRandom(7);
      await withMany(port, 200, async (raw, i) => {
        if (i % 2) await raw.shake();
        await raw.write(random.bytes(1 + random.below(3000))).catch(() => {});
      });
    },
  },
  {
    name: "frames that break the rules of WebSocket",
    strike: (port) =>
      withMany(port, 100, async (raw, i) => {
        await raw.shake();
        await raw.write(BROKEN_FRAMES[i % BROKEN_FRAMES.length] ?? new Uint8Array());
      }),
  },
  {
    name: "tiny messages without end, of ten clients that come back",
    async strike(port) {
      const tiny = websocketFrame("x");
      const many = new Uint8Array(5000 * tiny.length).map((_, i) => tiny[i % tiny.length] ?? 0);
      await Promise.all(Array.from({ length: 10 }, async () => {
        for (let i = 0; i < 5; i++) await shakeAndSend(port, repeat(many, many, 2000));
      }));
    },
  },
  {
    name: "messages of 100 MB",
    async strike(port) {
      const head = websocketFrame("", { length: 1000 * CHUNK.length });
      await shakeAndSend(port, repeat(head, CHUNK, 1000));
    },
  },
  {
    name: "100 MB in fragments",
    async strike(port) {
      await shakeAndSend(port, repeat(FIRST_FRAGMENT, NEXT_FRAGMENT, 1000));
    },
  },
  {
    name: "an unfinished message of little more than 1 MB, which ends within 2 s",
    async strike(port) {
      const took = await shakeAndSend(port, repeat(FIRST_FRAGMENT, NEXT_FRAGMENT, 10), 60_000);
      // Two seconds, and what a busy machine adds; it would go on for half a minute.
      assertLess(took, 20_000);
    },
  },
  { name: "requests with huge headers, queries and bodies", strike: sendLargeRequests },
  {
    name: "10,000 commands a second",
    async strike(port) {
      const ping = websocketFrame('{"type":"ping"}');
      const hundred = new Uint8Array(100 * ping.length).map((_, i) => ping[i % ping.length] ?? 0);
      await shakeAndSend(port, repeat(hundred, hundred, 1000));
    },
  },
  {
    name: "viewers that never read, and viewers that read slowly",
    async strike(port) {
      using _stalled = await openStalled(port, 100);
      await runLoad({ port, n: 10, seconds: 4, kbps: 20 });
    },
  },
];

/** Viewers that never read, until they are disposed of. */
export async function openStalled(port: number, count: number): Promise<Disposable> {
  using stack = new DisposableStack();
  await Promise.all(Array.from({ length: count }, async () => {
    const raw = stack.use(await openRaw(port));
    await raw.ask();
  }));
  return stack.move();
}

/** Does something with many connections, a hundred at a time. */
async function withMany(
  port: number,
  count: number,
  fn: (raw: RawSocket, index: number) => void | Promise<void>,
): Promise<void> {
  for (let from = 0; from < count; from += 100) {
    await Promise.all(Array.from({ length: 100 }, async (_, i) => {
      using raw = await openRaw(port);
      await fn(raw, from + i);
    }));
  }
}

async function sendLargeRequests(port: number): Promise<void> {
  const encode = (text: string) => new TextEncoder().encode(text);
  for (const [head, status] of LARGE_REQUESTS) {
    using raw = await openRaw(port);
    await raw.write(encode(head)).catch(() => {});
    assertMatch(new TextDecoder().decode(await raw.readSome()), status);
  }
  using raw = await openRaw(port);
  const head = encode("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000000\r\n\r\n");
  await sendUntilEnded(raw, repeat(head, CHUNK, 20_000));
}

async function shakeAndSend(
  port: number,
  chunks: Iterable<Uint8Array>,
  patienceMs = PATIENCE_MS,
): Promise<number> {
  using raw = await openRaw(port);
  await raw.shake();
  return await sendUntilEnded(raw, chunks, patienceMs);
}

/** Sends until the other end has had enough; how many milliseconds that took. */
async function sendUntilEnded(
  raw: RawSocket,
  chunks: Iterable<Uint8Array>,
  patienceMs = PATIENCE_MS,
): Promise<number> {
  const start = performance.now();
  const patience = setTimeout(() => raw[Symbol.dispose](), patienceMs);
  const read = raw.drain();
  try {
    for (const chunk of chunks) await raw.write(chunk);
  } catch {
    // It has.
  }
  await read;
  clearTimeout(patience);
  return performance.now() - start;
}

function* repeat(first: Uint8Array, rest: Uint8Array, times: number): Generator<Uint8Array> {
  yield first;
  for (let i = 0; i < times; i++) yield rest;
}
