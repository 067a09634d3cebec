import { assertEquals, assertLess, assertMatch, assertRejects } from "@std/assert";
import { createTestPicture } from "../../lib/camera/test_picture/test_picture.ts";
import { createLogger } from "../../lib/log.ts";
import { createMetrics } from "../../lib/server/metrics/metrics.ts";
import { startServer } from "../../lib/server/server.ts";
import type { State } from "../../lib/server/state.ts";
import { Cameras } from "../../lib/stream/cameras.ts";
import { ServedCamera } from "../../lib/stream/served_camera.ts";
import { eventually } from "../testutil/eventually.ts";
import { openViewer } from "../testutil/client/messages.ts";
import { openRaw } from "../testutil/client/raw_socket.ts";
import { startTestServer } from "../testutil/server/test_server.ts";
import { createLargeJpegs } from "./large_jpegs.ts";
import { start } from "./listening.ts";

/** The first byte of a ping. */
const PING = 0x89;

/** The headers of a client that opens a WebSocket. */
const HANDSHAKE = {
  upgrade: "websocket",
  connection: "Upgrade",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  "sec-websocket-version": "13",
};

function websocketHead(method: string, host: string): string {
  const fields = Object.entries({ ...HANDSHAKE, host }).map(([name, value]) => `${name}: ${value}`);
  return [`${method} / HTTP/1.1`, ...fields].join("\r\n");
}

/**
 * The first bytes of the answer to a request without a body, or nothing when they take too long.
 */
async function answerTo(port: number, head: string): Promise<string> {
  using raw = await openRaw(port);
  await raw.write(new TextEncoder().encode(`${head}\r\n\r\n`));
  const { promise: late, resolve } = Promise.withResolvers<Uint8Array>();
  const timer = setTimeout(resolve, 60_000, new Uint8Array());
  // The connection is closed under a read that comes too late.
  const read = raw.readSome().catch(() => new Uint8Array());
  const answer = await Promise.race([read, late]);
  clearTimeout(timer);
  return new TextDecoder().decode(answer);
}

Deno.test("startServer() refuses a viewer over the limit, and takes the next when one has left", async () => {
  const pattern = createTestPicture({ width: 64, height: 48, fps: 30 });
  const served = new ServedCamera(pattern, {
    name: "test",
    description: "test",
    fps: 30,
    quality: 80,
    lingerMs: 0,
  });
  await using _camera = served.camera;
  await using running = await start([served], { maxClients: 2 });
  await using _first = await openViewer(running.ws);
  const second = await openViewer(running.ws);
  const refused = await fetch(running.url, { headers: HANDSHAKE });
  assertEquals(refused.status, 503);
  assertEquals(refused.headers.get("retry-after"), "5");
  assertEquals(
    await refused.text(),
    "Already 2 viewers are connected, which is the limit ('--max-clients')\n",
  );
  assertEquals((await fetch(running.url, { method: "HEAD" })).status, 200, "the page is no viewer");
  await second[Symbol.asyncDispose]();
  await using _third = await eventually(() => openViewer(running.ws).catch(() => undefined));
});

Deno.test("startServer() answers a failure of its own with 500 and says nothing of its insides", async () => {
  const pattern = createTestPicture({ width: 64, height: 48, fps: 30 });
  const served = new ServedCamera(pattern, {
    name: "test",
    description: "test",
    fps: 30,
    quality: 80,
  });
  Object.defineProperty(served, "source", {
    get(): string {
      throw new Error("/secret/path went wrong\n\u001b[31m");
    },
  });
  await using running = await start([served]);
  const response = await fetch(`${running.url}/cameras`);
  assertEquals(response.status, 500);
  assertEquals(response.headers.get("content-type"), "text/plain; charset=utf-8");
  assertEquals(await response.text(), "The server has failed to answer this\n");
  assertEquals(running.logged.length, 1);
  assertMatch(
    running.logged[0] ?? "",
    /error Cannot answer request: \/secret\/path went wrong\ufffd/,
  );
  assertEquals((await fetch(running.url, { method: "HEAD" })).status, 200, "it must go on");
});

Deno.test("startServer() answers requests that no browser would send, and goes on", async (t) => {
  await using running = await start([]);
  const requests: [what: string, head: string, status: number][] = [
    ["no host", "GET / HTTP/1.1", 200],
    ["an empty host", "GET / HTTP/1.1\r\nHost:", 200],
    ["an invalid host", "GET / HTTP/1.1\r\nHost: a b<>", 400],
    ["an invalid port", "GET /cameras HTTP/1.1\r\nHost: a:99999", 400],
    ["a path with two slashes", "GET //x HTTP/1.1\r\nHost: a", 404],
    ["an invalid address", "GET http://[ HTTP/1.1\r\nHost: a", 400],
    ["no path", "GET * HTTP/1.1\r\nHost: a", 400],
    ["no HTTP", "hello", 400],
    ["a WebSocket at an invalid host", websocketHead("GET", "a b<>"), 400],
    ["a WebSocket by POST", websocketHead("POST", "a"), 405],
    ["an old WebSocket", websocketHead("GET", "a").replace(": 13", ": 8"), 426],
    ["a WebSocket of two versions", websocketHead("GET", "a").replace(": 13", ": 13, 8"), 426],
    ["a WebSocket of no version", websocketHead("GET", "a").replace(/\r\n[^\r]*: 13/, ""), 400],
  ];
  for (const [what, head, status] of requests) {
    await t.step(what, async () => {
      assertMatch(await answerTo(running.port, head), new RegExp(`^HTTP/1\\.1 ${status} `));
      assertEquals((await fetch(running.url, { method: "HEAD" })).status, 200);
    });
  }
  assertEquals(running.logged, []);
});

Deno.test("startServer() throws when the address is in use", async () => {
  await using running = await start([]);
  const listen = { hostname: "127.0.0.1", port: running.port };
  const log = createLogger({ level: "error" });
  await assertRejects(
    () =>
      startServer(new Cameras(), {
        listen,
        maxClients: 1,
        log,
        metrics: createMetrics("1"),
        version: "1",
      }),
    Deno.errors.AddrInUse,
  );
});

Deno.test("Server.close() says goodbye to viewers, once, and frees the port", async () => {
  await using server = await startTestServer();
  await using running = await start([server.served]);
  await using viewer = await openViewer(running.ws);
  await eventually(() => viewer.images().length > 0);
  const closing = [running.server.close(), running.server.close()];
  assertEquals((await viewer.closed).code, 1001);
  await Promise.all([...closing, running.server[Symbol.asyncDispose]()]);
  await running.server.finished;
  await assertRejects(() => fetch(running.url));
  using _listener = Deno.listen({ hostname: "127.0.0.1", port: running.port });
});

Deno.test("Server.close() says goodbye to a viewer that owes a pong", async () => {
  await using server = await startTestServer();
  await using running = await start([server.served]);
  using raw = await openRaw(running.port);
  await raw.shake();
  // Among text, nothing else has this byte.
  while (!(await raw.readSome()).includes(PING));
  const closing = running.server.close();
  let last = new Uint8Array();
  for (let bytes; (bytes = await raw.readSome()).length > 0;) {
    last = Uint8Array.of(...last, ...bytes);
  }
  await closing;
  assertMatch(last.toHex(), /88[0-9a-f]{2}03e9/, "a close with 1001");
});

Deno.test("Server.close() does not wait for viewers that take nothing", async () => {
  const served = new ServedCamera(await createLargeJpegs(), {
    name: "test",
    description: "test",
    fps: 60,
  });
  await using _camera = served.camera;
  await using running = await start([served]);
  using stalled = await openRaw(running.port);
  await stalled.shake();
  using halfSent = await openRaw(running.port);
  await halfSent.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost:"));
  await eventually(() => served.counters.dropped > 0);
  const before = performance.now();
  await running.server.close();
  // They would be disconnected after 30 s; it waits for one, and a busy machine takes some more.
  assertLess(performance.now() - before, 20_000);
});

Deno.test("startServer() knows this machine by IPv4 where it listens for both families", async () => {
  await using server = await startTestServer({ hostname: "::", maxClients: 13 });
  // More than the ten that an address of another machine may have.
  const viewers = await Promise.all(Array.from({ length: 13 }, () => openViewer(server.ws)));
  await eventually(() => viewers.every((viewer) => viewer.images().length > 0));
  const { viewers: told } = await (await fetch(`${server.url}/state`)).json() as State;
  assertEquals(told.length, 13);
  for (const { address } of told) assertMatch(address, /^127\.0\.0\.1:\d+$/);
  await Promise.all(viewers.map((viewer) => viewer[Symbol.asyncDispose]()));
});

Deno.test("startServer() says which version of WebSocket it speaks", async () => {
  await using server = await startTestServer();
  const answer = await answerTo(server.port, websocketHead("GET", "a").replace(": 13", ": 7"));
  assertMatch(answer, /^HTTP\/1\.1 426 /);
  assertMatch(answer, /^sec-websocket-version: 13\r$/im);
  assertMatch(answer, /'Sec-WebSocket-Version' must be 13/);
});
