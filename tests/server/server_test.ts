import {
  assert,
  assertEquals,
  assertLess,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { SourceError } from "../../lib/frame/source_error.ts";
import type { Source } from "../../lib/camera/source.ts";
import { createTestPattern } from "../../lib/camera/pattern/test_pattern.ts";
import { createLogger } from "../../lib/log.ts";
import type { CameraInfo } from "../../lib/server/camera_list.ts";
import type { State } from "../../lib/server/state.ts";
import { createMetrics } from "../../lib/server/metrics/metrics.ts";
import { type Server, startServer } from "../../lib/server/server.ts";
import { Cameras } from "../../lib/stream/cameras.ts";
import { type Channel, createChannel } from "../../lib/stream/channel.ts";
import { eventually } from "../testutil/eventually.ts";
import { openViewer } from "../testutil/messages.ts";
import { openRaw } from "../testutil/raw_socket.ts";
import { startTestServer } from "../testutil/test_server.ts";

const LOOPBACK = { hostname: "127.0.0.1", port: 0 };

/** The headers of a client that opens a WebSocket. */
const HANDSHAKE = {
  upgrade: "websocket",
  connection: "Upgrade",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  "sec-websocket-version": "13",
};

/** A server, with what it logs. */
async function start(
  channels: readonly Channel[],
  { maxClients = 10 } = {},
): Promise<
  AsyncDisposable & { server: Server; url: string; ws: string; port: number; logged: string[] }
> {
  const logged: string[] = [];
  const log = createLogger({ write: (line) => logged.push(line) });
  const server = await startServer(new Cameras(channels), {
    listen: LOOPBACK,
    maxClients,
    log,
    metrics: createMetrics("1.2.3"),
    version: "1.2.3",
  });
  const { port } = server.address as Deno.NetAddr;
  const [url, ws] = [`http://127.0.0.1:${port}`, `ws://127.0.0.1:${port}`];
  return { server, url, ws, port, logged, [Symbol.asyncDispose]: () => server.close() };
}

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
  const timer = setTimeout(resolve, 10_000, new Uint8Array());
  // The connection is closed under a read that comes too late.
  const read = raw.readSome().catch(() => new Uint8Array());
  const answer = await Promise.race([read, late]);
  clearTimeout(timer);
  return new TextDecoder().decode(answer);
}

async function listed(url: string): Promise<CameraInfo[]> {
  return await (await fetch(`${url}/cameras`)).json();
}

Deno.test("startServer() serves the page at /, whatever the query", async () => {
  await using server = await startTestServer();
  for (const path of ["/", "/?camera=test", "/?camera=attic&token=x"]) {
    const response = await fetch(`${server.url}${path}`);
    assertEquals(response.status, 200);
    assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8");
    assertStringIncludes(await response.text(), "<title>wscam</title>");
  }
});

Deno.test("startServer() answers what it doesn't have with 404, and says what it has", async () => {
  await using server = await startTestServer();
  for (const path of ["/nothing", "/cameras/", "/%00", "/..%2f..%2fetc/passwd", "/favicon.ico"]) {
    const response = await fetch(`${server.url}${path}`);
    assertEquals(response.status, 404);
    assertEquals(response.headers.get("content-type"), "text/plain; charset=utf-8");
    assertEquals(
      await response.text(),
      "Not found: the page is at /, the cameras are at /cameras, pictures at /stream and /snapshot\n",
    );
  }
});

Deno.test("startServer() answers methods that change something with 405 and what is allowed", async () => {
  await using server = await startTestServer();
  for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
    for (const path of ["/", "/cameras", "/nothing"]) {
      const response = await fetch(`${server.url}${path}`, { method });
      assertEquals(response.status, 405);
      assertEquals(response.headers.get("allow"), "GET, HEAD");
      assertEquals(await response.text(), "Only GET is answered here\n");
    }
  }
});

Deno.test("startServer() answers HEAD as GET, without the body", async () => {
  await using server = await startTestServer();
  for (const path of ["/", "/cameras", "/nothing"]) {
    const [head, get] = await Promise.all(
      ["HEAD", "GET"].map((method) => fetch(`${server.url}${path}`, { method })),
    );
    assert(head && get);
    assertEquals(head.status, get.status);
    for (const name of ["content-type", "content-length", "content-security-policy"]) {
      assertEquals(head.headers.get(name), get.headers.get(name), `${name} of ${path}`);
    }
    assertEquals(await head.text(), "");
    await get.body?.cancel();
  }
});

Deno.test("startServer() lists cameras before, while and after somebody watches", async () => {
  await using server = await startTestServer();
  const closed = { name: "test", source: "test", state: "closed", resolution: null, fps: null };
  assertEquals<unknown>(await listed(server.url), [{ ...closed, viewers: 0 }]);
  const viewer = await openViewer(server.ws);
  const [live] = await eventually(async () => {
    const list = await listed(server.url);
    return list[0]?.fps ? list : undefined;
  });
  await viewer[Symbol.asyncDispose]();
  assertEquals(
    { ...live, fps: typeof live?.fps },
    { ...closed, state: "live", resolution: "64x48", fps: "number", viewers: 1 },
  );
  await eventually(async () => (await listed(server.url))[0]?.state === "closed");
  assertEquals<unknown>(await listed(server.url), [{ ...closed, viewers: 0 }]);
});

Deno.test("startServer() lists a camera that failed, with the reason", async () => {
  const source: Source = {
    // deno-lint-ignore require-yield -- it never gets so far
    async *frames() {
      await Promise.resolve();
      throw new SourceError("failed", "is busy: another program uses /dev/video0");
    },
  };
  await using server = await startTestServer({ source });
  await using viewer = await openViewer(server.ws);
  await eventually(() => viewer.errors().length > 0);
  const [camera] = await listed(server.url);
  assertEquals(camera?.state, "failed");
  assertEquals(camera?.reason, "is busy: another program uses /dev/video0");
});

Deno.test("startServer() gives the list of cameras, and only that, to pages from elsewhere", async () => {
  await using server = await startTestServer();
  const headers = { origin: "null" };
  const list = await fetch(`${server.url}/cameras`, { headers });
  assertEquals(list.headers.get("access-control-allow-origin"), "null");
  assertEquals(list.headers.get("vary"), "Origin");
  assertEquals(list.headers.get("access-control-allow-credentials"), null);
  assertEquals(list.headers.get("cache-control"), "no-store");
  assertMatch(list.headers.get("content-type") ?? "", /^application\/json/);
  await list.body?.cancel();
  const page = await fetch(server.url, { headers });
  assertEquals(page.headers.get("access-control-allow-origin"), null);
  await page.body?.cancel();
});

Deno.test("startServer() says that there is no camera yet", async () => {
  await using server = await start([]);
  const response = await fetch(`${server.url}/snapshot?camera=door`);
  assertEquals([response.status, await response.text()], [
    404,
    "No such camera: there is none yet\n",
  ]);
});

Deno.test("startServer() says when to look for cameras again", async () => {
  await using server = await start([]);
  const { headers, body } = await fetch(`${server.url}/cameras`, { headers: { origin: "null" } });
  assertEquals(headers.get("x-refresh"), "3");
  assertMatch(headers.get("access-control-expose-headers") ?? "", /X-Refresh/);
  await body?.cancel();
});

Deno.test("startServer() refuses a viewer over the limit, and takes the next when one has left", async () => {
  const pattern = createTestPattern({ width: 64, height: 48, fps: 30 });
  const channel = createChannel(pattern, {
    name: "test",
    description: "test",
    fps: 30,
    quality: 80,
    lingerMs: 0,
  });
  await using _camera = channel.camera;
  await using running = await start([channel], { maxClients: 2 });
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
  const pattern = createTestPattern({ width: 64, height: 48, fps: 30 });
  const channel = createChannel(pattern, {
    name: "test",
    description: "test",
    fps: 30,
    quality: 80,
  });
  Object.defineProperty(channel, "source", {
    get(): string {
      throw new Error("/secret/path went wrong\n\u001b[31m");
    },
  });
  await using running = await start([channel]);
  const response = await fetch(`${running.url}/cameras`);
  assertEquals(response.status, 500);
  assertEquals(response.headers.get("content-type"), "text/plain; charset=utf-8");
  assertEquals(await response.text(), "Something went wrong here\n");
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
    ["a host that is none", "GET / HTTP/1.1\r\nHost: a b<>", 400],
    ["a port that is none", "GET /cameras HTTP/1.1\r\nHost: a:99999", 400],
    ["a path with two slashes", "GET //x HTTP/1.1\r\nHost: a", 404],
    ["an address that is none", "GET http://[ HTTP/1.1\r\nHost: a", 400],
    ["no path", "GET * HTTP/1.1\r\nHost: a", 400],
    ["no HTTP", "hello", 400],
    ["a WebSocket at a host that is none", websocketHead("GET", "a b<>"), 400],
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
  await using running = await start([server.channel]);
  await using viewer = await openViewer(running.ws);
  await eventually(() => viewer.images().length > 0);
  const closing = [running.server.close(), running.server.close()];
  assertEquals((await viewer.closed).code, 1001);
  await Promise.all([...closing, running.server[Symbol.asyncDispose]()]);
  await running.server.finished;
  await assertRejects(() => fetch(running.url));
  using _listener = Deno.listen({ hostname: "127.0.0.1", port: running.port });
});

Deno.test("Server.close() does not wait for viewers that take nothing", async () => {
  const pattern = createTestPattern({ width: 640, height: 480, fps: 60 });
  const channel = createChannel(pattern, {
    name: "test",
    description: "test",
    fps: 60,
    quality: 100,
  });
  await using _camera = channel.camera;
  await using running = await start([channel]);
  using stalled = await openRaw(running.port);
  await stalled.shake();
  using halfSent = await openRaw(running.port);
  await halfSent.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost:"));
  await eventually(() => channel.counters.dropped > 0, { within: 60_000 });
  const before = performance.now();
  await running.server.close();
  assertLess(performance.now() - before, 2500);
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
