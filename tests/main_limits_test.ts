import { assertGreater, assertLess, assertMatch } from "@std/assert";
import { attack, expectPictures } from "./testutil/attack.ts";
import { eventually } from "./testutil/eventually.ts";
import { residentOf } from "./testutil/processes.ts";
import { createRandom } from "./testutil/random.ts";
import { openRaw, type RawSocket } from "./testutil/raw_socket.ts";
import { OPCODE, websocketFrame } from "./testutil/websocket_frame.ts";
import { startWscam, type Wscam } from "./testutil/wscam.ts";

/** The sweeper, `/proc` and the tests' own resets are there on Linux. */
const ignore = Deno.build.os !== "linux";
const MEGABYTE = 1e6;

/** Does something with many connections, a hundred at a time. */
async function withMany(
  server: Wscam,
  count: number,
  fn: (raw: RawSocket, index: number) => void | Promise<void>,
): Promise<void> {
  for (let from = 0; from < count; from += 100) {
    await Promise.all(Array.from({ length: 100 }, async (_, i) => {
      using raw = await openRaw(server.port);
      await fn(raw, from + i);
    }));
  }
}

attack("1,000 clients that connect and vanish", async (server) => {
  await withMany(server, 1000, (raw, i) => i % 2 ? raw.reset() : undefined);
});

attack("1,000 clients that vanish within the handshake", async (server) => {
  await withMany(server, 1000, async (raw, i) => {
    await raw.ask("/", 10 + i % 100);
    if (i % 2) raw.reset();
  });
});

attack(
  "1,000 viewers that are reset before they are answered, while they are, and after",
  async (server) => {
    await withMany(server, 1000, async (raw, i) => {
      await raw.ask();
      if (i % 3 === 1) await new Promise((resolve) => setTimeout(resolve, i % 10));
      if (i % 3 === 2) await raw.readSome();
      raw.reset();
    });
  },
);

attack("500 viewers that never read", async (server, witness) => {
  const before = residentOf(server.pid);
  const stalled = await Promise.all(Array.from({ length: 500 }, async () => {
    const raw = await openRaw(server.port);
    await raw.ask();
    return raw;
  }));
  await eventually(async () => {
    const [camera] = await (await fetch(`${server.url}/cameras`)).json();
    return camera.viewers === 501;
  });
  await expectPictures(witness);
  assertLess(residentOf(server.pid) - before, 150 * MEGABYTE);
  for (const raw of stalled) raw[Symbol.dispose]();
});

attack("random bytes, before the handshake and after", async (server) => {
  const random = createRandom(7);
  await withMany(server, 200, async (raw, i) => {
    if (i % 2) await raw.shake();
    await raw.write(random.bytes(1 + random.below(3000))).catch(() => {});
  });
});

attack("frames that break the rules of WebSocket", async (server) => {
  const frames = [
    websocketFrame("", { opcode: 0xf }),
    websocketFrame("x", { opcode: OPCODE.continuation }),
    websocketFrame("x".repeat(200), { opcode: OPCODE.ping }),
    websocketFrame("x", { opcode: OPCODE.ping, isLast: false }),
    websocketFrame("", { length: 2 ** 40 }),
    websocketFrame(new Uint8Array([0xff, 0xfe])),
    websocketFrame('{"type":"ping"}', { isMasked: false }),
  ];
  await withMany(server, 100, async (raw, i) => {
    await raw.shake();
    await raw.write(frames[i % frames.length] ?? new Uint8Array());
  });
});

/** How long a client goes on that isn't told that it has been disconnected: its window was full. */
const PATIENCE_MS = 10_000;

/** Sends until the other end has had enough; how many milliseconds that took. */
async function sendUntilEnded(raw: RawSocket, chunks: Iterable<Uint8Array>): Promise<number> {
  const start = performance.now();
  const patience = setTimeout(() => raw[Symbol.dispose](), PATIENCE_MS);
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

const CHUNK = new Uint8Array(100_000);

attack("messages of 100 MB", async (server) => {
  using raw = await openRaw(server.port);
  await raw.shake();
  const head = websocketFrame("", { length: 1000 * CHUNK.length });
  await sendUntilEnded(raw, repeat(head, CHUNK, 1000));
});

attack("100 MB in fragments", async (server) => {
  using raw = await openRaw(server.port);
  await raw.shake();
  const first = websocketFrame(CHUNK, { isLast: false, opcode: OPCODE.binary });
  const next = websocketFrame(CHUNK, { isLast: false, opcode: OPCODE.continuation });
  await sendUntilEnded(raw, repeat(first, next, 1000));
});

attack("an unfinished message of little more than 1 MB, which ends within 2 s", async (server) => {
  using raw = await openRaw(server.port);
  await raw.shake();
  const first = websocketFrame(CHUNK, { isLast: false, opcode: OPCODE.binary });
  const next = websocketFrame(CHUNK, { isLast: false, opcode: OPCODE.continuation });
  const took = await sendUntilEnded(raw, repeat(first, next, 10));
  // Two seconds, and what a busy machine adds.
  assertLess(took, 5000);
});

attack("requests with huge headers, queries and bodies", async (server) => {
  const encode = (text: string) => new TextEncoder().encode(text);
  const requests: [head: string, status: RegExp][] = [
    [`GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(40_000)}\r\n\r\n`, / 431 /],
    [`GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(100_000)}\r\n\r\n`, / 400 /],
    [`GET / HTTP/1.1\r\nHost: a\r\n${"X: y\r\n".repeat(1000)}\r\n`, / 400 /],
    [`GET /?${"x".repeat(5000)} HTTP/1.1\r\nHost: a\r\n\r\n`, / 414 /],
    [`GET /?${"x".repeat(1_000_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, / 400 /],
  ];
  for (const [head, status] of requests) {
    using raw = await openRaw(server.port);
    await raw.write(encode(head)).catch(() => {});
    assertMatch(new TextDecoder().decode(await raw.readSome()), status);
  }
  using raw = await openRaw(server.port);
  const head = encode("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000000\r\n\r\n");
  await sendUntilEnded(raw, repeat(head, CHUNK, 20_000));
});

attack("10,000 commands a second", async (server, witness) => {
  using raw = await openRaw(server.port);
  await raw.shake();
  const ping = websocketFrame('{"type":"ping"}');
  const hundred = new Uint8Array(100 * ping.length).map((_, i) => ping[i % ping.length] ?? 0);
  const before = witness.images().length;
  await sendUntilEnded(raw, repeat(hundred, hundred, 1000));
  await expectPictures(witness);
  assertGreater(witness.images().length, before);
});

Deno.test("serve() takes a command that comes in fragments", { ignore }, async () => {
  await using server = await startWscam(["--camera", "0", "--ffmpeg", "/no/ffmpeg"]);
  using raw = await openRaw(server.port);
  await raw.shake();
  const { continuation } = OPCODE;
  await raw.write(websocketFrame('{"type":', { isLast: false }));
  await raw.write(websocketFrame("hello", { opcode: OPCODE.ping }));
  await raw.write(websocketFrame('"ping","id"', { opcode: continuation, isLast: false }));
  await raw.write(websocketFrame(':"猫"}', { opcode: continuation }));
  let text = "";
  const decoder = new TextDecoder();
  await eventually(async () => {
    text += decoder.decode(await raw.readSome(), { stream: true });
    return text.includes('{"type":"pong","id":"猫"');
  });
});
