import { assert, assertEquals, assertGreater, assertLess, assertMatch } from "@std/assert";
import { eventually } from "./testutil/eventually.ts";
import { openViewer, type TestViewer } from "./testutil/messages.ts";
import { residentOf } from "./testutil/processes.ts";
import { createRandom } from "./testutil/random.ts";
import { openRaw, type RawSocket } from "./testutil/raw_socket.ts";
import { OPCODE, websocketFrame } from "./testutil/websocket_frame.ts";
import { type StartOptions, startWscam, type Wscam } from "./testutil/wscam.ts";

/** The sweeper, `/proc` and the tests' own resets are there on Linux. */
const ignore = Deno.build.os !== "linux";

const CAMERA = ["--camera", "test", "--resolution", "160x120", "--fps", "20"];
const MEGABYTE = 1e6;

function descriptorsOf(pid: number): number {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
}

/** Pictures go on for somebody who has watched all along. */
async function expectPictures(witness: TestViewer): Promise<void> {
  const before = witness.images().length;
  await eventually(() => witness.images().length > before + 10, {
    what: "ten pictures for the viewer that watches",
  });
  assertEquals(witness.socket.readyState, WebSocket.OPEN);
  assertEquals(witness.errors(), []);
}

/** Attacks a server that somebody watches; nothing of it may stay. */
function attack(
  name: string,
  fn: (server: Wscam, witness: TestViewer) => Promise<void>,
  { lost = 3, ...options }: StartOptions & { lost?: number } = {},
): void {
  Deno.test({
    name: `serve() outlives ${name}`,
    ignore,
    fn: async () => {
      await using server = await startWscam(CAMERA, options);
      await using witness = await openViewer(server.ws);
      await expectPictures(witness);
      const before = { resident: residentOf(server.pid), descriptors: descriptorsOf(server.pid) };
      await fn(server, witness);
      await expectPictures(witness);
      await eventually(() => descriptorsOf(server.pid) <= before.descriptors + lost, {
        what: `descriptors back at ${before.descriptors}`,
      });
      await eventually(() => residentOf(server.pid) < before.resident + 60 * MEGABYTE, {
        what: `memory back at ${before.resident}`,
      });
    },
  });
}

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

attack("more connections than there are descriptors", async (server, witness) => {
  const idle = [];
  for (let i = 0; i < 300; i++) {
    const raw = await openRaw(server.port).catch(() => undefined);
    if (raw !== undefined) idle.push(raw);
  }
  await expectPictures(witness);
  // The idle ones must give way.
  await using viewer = await eventually(() => openViewer(server.ws).catch(() => undefined));
  await eventually(() => viewer.images().length > 0);
  for (const raw of idle) raw[Symbol.dispose]();
}, { descriptors: 64 });

Deno.test("serve() refuses viewers that would take the last descriptors", { ignore }, async () => {
  await using server = await startWscam(CAMERA, { descriptors: 64 });
  const viewers: RawSocket[] = [];
  const statuses = new Set<string>();
  for (let i = 0; i < 40; i++) {
    const raw = await openRaw(server.port).catch(() => undefined);
    if (raw === undefined) continue;
    viewers.push(raw);
    await raw.ask().catch(() => {});
    const answer = await raw.readSome().catch(() => new Uint8Array());
    statuses.add(new TextDecoder().decode(answer).slice(9, 12));
  }
  assert(statuses.has("101") && statuses.has("503"), [...statuses].join());
  for (const raw of viewers) raw[Symbol.dispose]();
});

/** An ffmpeg that does nothing, and doesn't end when it is asked to. */
async function stubbornFfmpeg(): Promise<string> {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 1; done\n");
  await Deno.chmod(path, 0o755);
  return path;
}

Deno.test("serve() ends within 3 s, with 200 viewers, some stalled, and an ffmpeg that hangs", {
  ignore,
}, async () => {
  const ffmpeg = await stubbornFfmpeg();
  await using server = await startWscam([...CAMERA, "--camera", "0", "--ffmpeg", ffmpeg]);
  const viewers = await Promise.all(Array.from({ length: 100 }, () => openViewer(server.ws)));
  const stalled = await Promise.all(Array.from({ length: 100 }, async (_, i) => {
    const raw = await openRaw(server.port);
    await raw.ask(i % 2 ? "/" : "/?camera=0");
    return raw;
  }));
  await eventually(() => viewers.every((viewer) => viewer.images().length > 5), { within: 20_000 });
  const start = performance.now();
  assertEquals((await server.end()).code, 0);
  const took = performance.now() - start;
  for (const viewer of viewers) assertEquals((await viewer.closed).code, 1001);
  for (const raw of stalled) raw[Symbol.dispose]();
  await Deno.remove(ffmpeg);
  assertLess(took, 3000);
});
