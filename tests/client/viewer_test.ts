import {
  assert,
  assertEquals,
  assertExists,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertMatch,
} from "@std/assert";
import { getEventListeners } from "node:events";
import { type Picture, view, type ViewerEvent } from "../../lib/client/viewer.ts";
import { imageText, pongText } from "../../lib/protocol/message.ts";
import { readComment } from "../../lib/jpeg/comment.ts";
import { jpegSize } from "../../lib/jpeg/jpeg_size.ts";
import { eventually } from "../testutil/eventually.ts";
import { startTestServer } from "../testutil/test_server.ts";

interface FakeServer extends AsyncDisposable {
  readonly url: string;
  /** One for each connection, in order. */
  readonly sockets: WebSocket[];
  /** What viewers sent. */
  readonly received: string[];
}

interface FakeServerOptions {
  onOpen?: (socket: WebSocket, server: FakeServer) => void;
  onMessage?: (socket: WebSocket, text: string) => void;
}

/** A service that does what a test says. */
function startServer({ onOpen, onMessage }: FakeServerOptions = {}): FakeServer {
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
      // The viewer's end of the connections closes a moment later.
      await new Promise((resolve) => setTimeout(resolve, 50));
    },
  };
  return fake;
}

function sendPicture(socket: WebSocket, number: number, timestamp = Date.now() / 1000): void {
  if (socket.readyState === WebSocket.OPEN) {
    socket.send(imageText(Uint8Array.of(number), timestamp));
  }
}

/** Reads until `isEnough`, then aborts, and makes sure that this ends the viewing. */
async function watch(
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

function pictures(events: readonly ViewerEvent[]): Picture[] {
  return events.filter((event) => event.type === "picture");
}

const isPicture = ({ type }: ViewerEvent): boolean => type === "picture";

Deno.test("view() yields pictures as they arrive", async () => {
  const taken = Date.now() / 1000 - 2;
  await using server = startServer({ onOpen: (socket) => sendPicture(socket, 7, taken) });
  const events = await watch(server.url, isPicture);
  assertEquals(events.map(({ type }) => type), ["connected", "picture"]);
  const [picture] = pictures(events);
  assertExists(picture);
  assertEquals(picture.jpeg, Uint8Array.of(7));
  assertLess(Math.abs(picture.timestamp - taken), 0.001);
  assertEquals(picture.skipped, 0);
  assertGreaterOrEqual(picture.ageMs, 1900);
  assertLess(picture.ageMs, 12_000);
});

Deno.test("view() yields the server's errors and goes on", async () => {
  await using server = startServer({
    onOpen(socket) {
      socket.send('{"type":"error","message":"Camera 0 was unplugged"}');
      sendPicture(socket, 1);
    },
  });
  const events = await watch(server.url, isPicture);
  assertEquals(events[0]?.type, "connected");
  assertEquals(events[1], { type: "error", message: "Camera 0 was unplugged" });
  assertEquals(pictures(events).length, 1);
  assertEquals(server.sockets.length, 1);
});

Deno.test("view() connects again when the server closes", async () => {
  await using server = startServer({
    onOpen(socket, { sockets }) {
      sendPicture(socket, sockets.length);
      if (sockets.length < 3) socket.close(1001, "The server ends");
    },
  });
  const events = await watch(server.url, () => server.sockets.length === 3);
  const bye = { type: "disconnected", reason: "The server ends", retryMs: 500 } as const;
  assertEquals(
    events.map((event) => event.type === "disconnected" ? event : event.type),
    ["connected", "picture", bye, "connected", "picture", bye, "connected"],
  );
  assertEquals(pictures(events).map(({ jpeg }) => jpeg[0]), [1, 2]);
});

Deno.test("view() waits longer from try to try while nobody listens", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `ws://127.0.0.1:${listener.addr.port}`;
  listener.close();
  const start = performance.now();
  const events = await watch(url, (_, events) => events.length === 2);
  assertGreaterOrEqual(performance.now() - start, 490);
  const waits = events.map((event) => event.type === "disconnected" ? event.retryMs : NaN);
  assertEquals(waits, [500, 1000]);
  for (const event of events) {
    assert(event.type === "disconnected");
    assertMatch(event.reason, /\S/);
  }
});

Deno.test("view() says what a server refuses, and doesn't ask again soon", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("no", { status: 401 }),
  );
  const isTold = ({ type }: ViewerEvent): boolean => type === "disconnected";
  const [event] = await watch(`ws://127.0.0.1:${server.addr.port}`, isTold);
  assert(event?.type === "disconnected");
  assertMatch(event.reason, /^the server wants its own token, .*\(HTTP 401\)$/);
  assertEquals(event.retryMs, 10_000);
});

Deno.test("view() finds a server that is started later", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  let server: Deno.HttpServer | undefined;
  const events = await watch(`ws://127.0.0.1:${port}`, ({ type }) => {
    server ??= Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, (request) => {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.onopen = () => sendPicture(socket, 1);
      return response;
    });
    return type === "picture";
  });
  assertEquals(events.map(({ type }) => type), ["disconnected", "connected", "picture"]);
  await server?.shutdown();
});

Deno.test("view() takes the difference of the clocks out of a picture's age", async (t) => {
  for (const hours of [1, -1]) {
    await t.step(`${hours} h`, async () => {
      const clock = (): number => Date.now() / 1000 + hours * 3600;
      await using server = startServer({
        onMessage(socket, text) {
          const { type, id } = JSON.parse(text);
          assertEquals(type, "ping");
          socket.send(pongText(clock(), id));
          sendPicture(socket, 1, clock() - 0.5);
        },
      });
      const [picture] = pictures(await watch(server.url, isPicture));
      assertExists(picture);
      assertGreater(picture.ageMs, 0);
      assertLess(picture.ageMs, 10_000);
    });
  }
});

Deno.test("view() believes no answer to a ping that it didn't send", async () => {
  await using server = startServer({
    onMessage(socket, text) {
      const { id } = JSON.parse(text);
      for (const wrong of [undefined, null, 0, String(id), id + 1, [id]]) {
        socket.send(pongText(Date.now() / 1000 + 3600, wrong));
      }
      sendPicture(socket, 1);
    },
  });
  const [picture] = pictures(await watch(server.url, isPicture));
  assertLess(Math.abs(picture?.ageMs ?? NaN), 10_000);
});

Deno.test("view() works with a service that answers no pings", async () => {
  await using server = startServer({
    onMessage: (socket) => sendPicture(socket, 1, Date.now() / 1000 - 1),
  });
  const [picture] = pictures(await watch(server.url, isPicture));
  assertGreater(picture?.ageMs ?? NaN, 900);
  assertLess(picture?.ageMs ?? NaN, 10_000);
  assertEquals(server.received.length, 1);
});

Deno.test("view() ignores what it doesn't understand", async () => {
  const garbage: (string | Uint8Array<ArrayBuffer>)[] = [
    "",
    "hello",
    "{",
    "null",
    "[]",
    "1",
    '"image"',
    "{}",
    '{"type":"image"}',
    '{"type":"image","data":"AA==","timestamp":"now"}',
    '{"type":"image","data":5,"timestamp":5}',
    '{"type":"image","data":"not base64!","timestamp":5}',
    '{"type":"error"}',
    '{"type":"error","message":5}',
    '{"type":"pong"}',
    '{"type":"pong","timestamp":"x"}',
    '{"type":"something new","data":"AA==","timestamp":5}',
    Uint8Array.of(0xff, 0xd8),
    new Uint8Array(),
  ];
  await using server = startServer({
    onOpen(socket) {
      for (const each of garbage) socket.send(each);
      sendPicture(socket, 1);
    },
  });
  const events = await watch(server.url, isPicture);
  assertEquals(events.map(({ type }) => type), ["connected", "picture"]);
  assertEquals(pictures(events)[0]?.skipped, 0);
});

Deno.test("view() keeps the newest picture only when its reader is slow", async () => {
  await using server = startServer({
    onOpen(socket) {
      for (let i = 1; i <= 50; i++) sendPicture(socket, i);
    },
  });
  const seen: Picture[] = [];
  const abort = new AbortController();
  for await (const event of view(server.url, abort.signal)) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (event.type === "picture") seen.push(event);
    if (seen.at(-1)?.jpeg[0] === 50) abort.abort();
  }
  const numbers = seen.map(({ jpeg }) => jpeg[0] ?? 0);
  assertEquals(numbers, numbers.toSorted((a, b) => a - b));
  assertLess(seen.length, 25);
  assertEquals(seen.length + seen.reduce((sum, { skipped }) => sum + skipped, 0), 50);
});

Deno.test("view() keeps errors between pictures in their order", async () => {
  await using server = startServer({
    onOpen(socket) {
      sendPicture(socket, 1);
      sendPicture(socket, 2);
      socket.send('{"type":"error","message":"a"}');
      sendPicture(socket, 3);
    },
  });
  const events: string[] = [];
  const abort = new AbortController();
  for await (const event of view(server.url, abort.signal)) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    events.push(event.type === "picture" ? `picture ${event.jpeg}` : event.type);
    if (events.at(-1) === "picture 3") abort.abort();
  }
  assertEquals(events.filter((each) => each !== "picture 1"), [
    "connected",
    "picture 2",
    "error",
    "picture 3",
  ]);
});

Deno.test("view() ends at once when it is aborted", async (t) => {
  await t.step("already", async () => {
    const events = await Array.fromAsync(view("ws://127.0.0.1:1", AbortSignal.abort()));
    assertEquals(events, []);
  });
  await t.step("while it waits for a picture", async () => {
    await using server = startServer();
    const abort = new AbortController();
    const events = Array.fromAsync(view(server.url, abort.signal));
    await eventually(() => server.received.length > 0);
    abort.abort();
    assertEquals((await events).map(({ type }) => type), ["connected"]);
    await eventually(() => server.sockets.every(({ readyState }) => readyState >= 2));
  });
  await t.step("while it waits for its next try", async () => {
    const abort = new AbortController();
    const start = performance.now();
    let tries = 0;
    for await (const { type } of view("ws://127.0.0.1:1", abort.signal)) {
      assertEquals(type, "disconnected");
      tries++;
      // Later than this, so that it has begun to wait.
      setTimeout(() => abort.abort(), 50);
    }
    assertEquals(tries, 1);
    assertLess(performance.now() - start, 5000);
  });
  await t.step("while it connects", async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const abort = new AbortController();
    const events = Array.fromAsync(view(`ws://127.0.0.1:${listener.addr.port}`, abort.signal));
    using connection = await listener.accept();
    await connection.read(new Uint8Array(1));
    abort.abort();
    assertEquals(await events, []);
  });
});

Deno.test("view() closes its connection when its reader stops early", async () => {
  await using server = startServer({ onOpen: (socket) => sendPicture(socket, 1) });
  for await (const { type } of view(server.url, new AbortController().signal)) {
    if (type === "picture") break;
  }
  await eventually(() => server.sockets[0]?.readyState === WebSocket.CLOSED);
});

Deno.test("view() acknowledges what arrives, so that more comes, in each format", async (t) => {
  await using server = await startTestServer();
  for (const format of ["json", "binary"] as const) {
    await t.step(format, async () => {
      const abort = new AbortController();
      const seen: Picture[] = [];
      const settings = { format, width: 32 };
      for await (const event of view(server.ws, abort.signal, settings)) {
        if (event.type === "picture") seen.push(event);
        // Two would come without a word from us.
        if (seen.length === 6) abort.abort();
      }
      assertEquals(jpegSize(seen[5]?.jpeg ?? new Uint8Array()), { width: 32, height: 24 });
      for (const { ageMs } of seen) assertLess(Math.abs(ageMs), 10_000);
    });
  }
});

Deno.test("view() gets files unless something else is asked for", async (t) => {
  await using server = await startTestServer();
  for (const [query, hasComment] of [["", true], ["?format=json", false]] as const) {
    await t.step(`address with "${query}"`, async () => {
      for await (const event of view(server.ws + query, new AbortController().signal)) {
        if (event.type !== "picture") continue;
        assertEquals(
          readComment(event.jpeg)?.includes(String(event.timestamp)) ?? false,
          hasComment,
        );
        break;
      }
    });
  }
});

Deno.test("view() acknowledges nothing where that is refused, or unknown", async () => {
  await using server = await startTestServer();
  const abort = new AbortController();
  let count = 0;
  for await (const { type } of view(server.ws, abort.signal, { ack: false })) {
    if (type === "picture" && ++count === 5) abort.abort();
  }
  await using old = startServer({ onOpen: (socket) => sendPicture(socket, 1) });
  await watch(old.url, isPicture);
  assertEquals(old.received.filter((text) => text.includes("ack")), []);
});

Deno.test("view() gives commands whose answers are awaited", async () => {
  await using server = await startTestServer();
  const abort = new AbortController();
  let told: unknown[] | undefined;
  for await (const event of view(server.ws, abort.signal)) {
    if (event.type === "connected") {
      const { commands } = event;
      const inForce = await commands.configure({ width: 40, fps: 10 });
      const refused = await commands.configure({ camera: "attic" }).catch(({ message }) => message);
      await commands.pause();
      await commands.resume();
      const { version } = await commands.status();
      told = [inForce, refused, version];
    }
    if (event.type === "picture" && jpegSize(event.jpeg)?.width === 40) abort.abort();
    assert(event.type !== "error");
  }
  assertEquals(told, [
    {
      camera: "test",
      fps: 10,
      quality: null,
      width: 40,
      format: "binary",
      ack: true,
      annotations: false,
    },
    "Cannot configure: field 'camera' must be one of 'test', got 'attic'",
    "1.2.3",
  ]);
});
