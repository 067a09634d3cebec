import {
  assert,
  assertEquals,
  assertExists,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertMatch,
} from "@std/assert";
import type { ViewerEvent } from "../../lib/client/viewer.ts";
import { pongText } from "../../lib/protocol/message.ts";
import { freePort } from "../testutil/relay/nats.ts";
import { isPicture, pictures, sendPicture, startServer, watch } from "./picture_server.ts";

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
  const url = `ws://127.0.0.1:${freePort()}`;
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
  assertMatch(event.reason, /^the server needs its token: .*\(HTTP 401\)$/);
  assertEquals(event.retryMs, 10_000);
});

Deno.test("view() finds a server that is started later", async () => {
  const port = freePort();
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
