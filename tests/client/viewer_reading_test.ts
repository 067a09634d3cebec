import { assertEquals, assertLess } from "@std/assert";
import { type Picture, view } from "../../lib/client/viewer.ts";
import { eventually } from "../testutil/eventually.ts";
import { isPicture, pictures, sendPicture, startServer, watch } from "./picture_server.ts";

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
    // A slow reader.
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (event.type === "picture") seen.push(event);
    if (seen.at(-1)?.jpeg[0] === 50) abort.abort();
  }
  const numbers = seen.map(({ jpeg }) => jpeg[0] ?? 0);
  assertEquals(numbers, numbers.toSorted((a, b) => a - b));
  assertLess(seen.length, 25);
  assertEquals(seen.length + seen.reduce((sum, { skipped }) => sum + skipped, 0), 50);
});

Deno.test("view() keeps an error before the picture that follows it", async () => {
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
    // A slow reader: mostly, all have come by then.
    await new Promise((resolve) => setTimeout(resolve, 100));
    events.push(event.type === "picture" ? `picture ${event.jpeg}` : event.type);
    if (events.at(-1) === "picture 3") abort.abort();
  }
  assertEquals(events.filter((each) => !["picture 1", "picture 2"].includes(each)), [
    "connected",
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
    let tries = 0;
    for await (const { type } of view("ws://127.0.0.1:1", abort.signal)) {
      assertEquals(type, "disconnected");
      tries++;
      // Later than this, so that it has begun to wait.
      setTimeout(() => abort.abort(), 50);
    }
    assertEquals(tries, 1);
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
