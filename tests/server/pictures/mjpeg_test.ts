import { assert, assertEquals, assertGreater, assertLess, assertMatch } from "@std/assert";
import { createTestPicture } from "../../../lib/camera/test_picture/test_picture.ts";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import { streamResponse } from "../../../lib/server/pictures/mjpeg.ts";
import { Viewers } from "../../../lib/server/viewers.ts";
import type { ViewerSettings } from "../../../lib/protocol/viewer_settings.ts";
import { Cameras } from "../../../lib/stream/cameras.ts";
import { ServedCamera } from "../../../lib/stream/served_camera.ts";
import { join } from "../../stream/join.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openRaw } from "../../testutil/client/raw_socket.ts";
import { startTestServer } from "../../testutil/server/test_server.ts";
import { createLargeJpegs } from "../large_jpegs.ts";
import { askedBy } from "../asked.ts";
import { readParts } from "./parts.ts";

function createBench(lingerMs = 0) {
  const served = new ServedCamera(createTestPicture({ width: 48, height: 32, fps: 50 }), {
    name: "door",
    description: "test",
    fps: 50,
    lingerMs,
  });
  let left = 0;
  const viewers = new Viewers({ maxClients: 10, maxConnections: 10, onLeave: () => left++ });
  const open = (settings: Partial<ViewerSettings>, expires?: number): Response =>
    streamResponse(askedBy({ cameras: new Cameras([served]), expires }), settings, viewers);
  return { served, viewers, open, left: () => left };
}

Deno.test("streamResponse() sends pictures in parts that state their length and time", async () => {
  const bench = createBench();
  await using _ = bench.served;
  const response = bench.open({ width: 24 });
  assertEquals(
    response.headers.get("content-type"),
    "multipart/x-mixed-replace; boundary=wscam",
  );
  let seen = 0;
  let before = 0;
  for await (const { headers, body } of readParts(response)) {
    assertEquals(headers.get("content-type"), "image/jpeg");
    assertEquals(jpegSize(body), { width: 24, height: 16 });
    assertMatch(headers.get("x-timestamp") ?? "", /^\d+\.\d{3}$/);
    assertGreater(Number(headers.get("x-timestamp")), before);
    before = Number(headers.get("x-timestamp"));
    if (++seen === 5) break;
  }
  assertEquals([bench.viewers.size, bench.left()], [0, 1]);
  await eventually(() => bench.served.camera.status.state === "closed");
});

Deno.test("streamResponse() keeps the newest for a reader that stalls, and queues nothing", async () => {
  const bench = createBench();
  await using _ = bench.served;
  const { served } = bench;
  const reader = bench.open({}).body?.getReader();
  assert(reader);
  await reader.read();
  await eventually(() => served.counters.dropped > 20);
  const { sent, bytes } = served.counters;
  assertLess(sent, 3, "one is being taken");
  assertLess(bytes, 30_000);
  const stale = await reader.read();
  const { sequence } = served.own.last ?? { sequence: 0 };
  assertGreater(sequence, 20);
  const fresh = await reader.read();
  assert(stale.value && fresh.value);
  const age = timeOf(fresh.value) - timeOf(stale.value);
  assertGreater(age, 0.3, "what came meanwhile is not sent late");
  await reader.cancel();
});

function timeOf(part: Uint8Array): number {
  return Number(new TextDecoder().decode(part).match(/X-Timestamp: (.*)\r/)?.[1]);
}

Deno.test("streamResponse() ends with the server, and only once", async () => {
  const bench = createBench();
  await using _ = bench.served;
  const parts = readParts(bench.open({}));
  await parts.next();
  assertEquals(bench.viewers.size, 1);
  for (let i = 0; i < 2; i++) void bench.viewers.endAll();
  assertEquals([bench.viewers.size, bench.left()], [0, 1]);
  while (!(await parts.next()).done);
  assertEquals(bench.served.size, 0);
});

Deno.test("streamResponse() ends when the link that opened it does", async () => {
  const bench = createBench();
  await using _ = bench.served;
  for await (const _ of readParts(bench.open({}, Date.now() + 200)));
  assertEquals([bench.viewers.size, bench.left()], [0, 1]);
});

Deno.test("GET /stream and /snapshot give the nearest rendition while all are taken", async () => {
  await using server = await startTestServer();
  const leaves = [8, 12, 16, 24, 28, 32, 40].map((width) =>
    join(server.served, { quality: null, width })
  );
  const snapshot = await fetch(`${server.url}/snapshot?width=23`);
  assertEquals(jpegSize(await snapshot.bytes())?.width, 24);
  assertMatch(snapshot.headers.get("etag") ?? "", /-w24"$/, "its tag says what it is");
  const parts = readParts(await fetch(`${server.url}/stream?width=23`));
  const { value } = await parts.next();
  assert(value);
  assertEquals(jpegSize(value.body)?.width, 24);
  await parts.return();
  for (const leave of leaves) leave();
});

Deno.test("GET /stream keeps no place for those who go before they are answered", async () => {
  await using server = await startTestServer();
  const request = new TextEncoder().encode("GET /stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  for (let i = 0; i < 30; i++) {
    using client = await openRaw(server.port);
    await client.write(request);
  }
  const parts = readParts(await fetch(`${server.url}/stream`));
  await parts.next();
  await eventually(() => server.served.size === 1);
  await parts.return();
  await eventually(() => server.served.size === 0);
});

Deno.test("GET /stream sends no faster than is asked for, and takes no ack from nobody", async () => {
  await using server = await startTestServer();
  const response = await fetch(`${server.url}/stream?fps=5&ack=1&format=json&width=32`);
  assertEquals(response.status, 200);
  const times: number[] = [];
  for await (const { headers, body } of readParts(response)) {
    assertEquals(jpegSize(body)?.width, 32);
    times.push(Number(headers.get("x-timestamp")));
    if (times.length === 6) break;
  }
  assertGreater((times.at(-1) ?? 0) - (times[0] ?? 0), 0.9);
  await eventually(() => server.served.size === 0);
});

Deno.test("GET /stream is there under the names that other programs use", async (t) => {
  await using server = await startTestServer();
  const paths = [
    "/stream.mjpg",
    "/?action=stream",
    "/?action=stream&fps=5",
    "/stream?x=1",
    "/?action=stream?dummy=param.mjpg",
    "/?action=stream_0",
    "/?action=stream_0?1618328",
    "/?fps=5&action=stream.mjpg",
  ];
  for (const path of paths) {
    await t.step(path, async () => {
      for await (const { body } of readParts(await fetch(`${server.url}${path}`))) {
        assertEquals(jpegSize(body), { width: 64, height: 48 });
        break;
      }
    });
  }
});

Deno.test("GET /stream says what is wrong with what is asked for", async (t) => {
  await using server = await startTestServer();
  const cases: [string, number, string][] = [
    ["fps=0", 400, "Cannot use address: field 'fps' must be a number from 0.1 to 120, got 0"],
    [
      "width=x",
      400,
      "Cannot use address: field 'width' must be a whole number from 16 to 8192, got 'x'",
    ],
    ["camera=attic", 404, "No such camera: 'camera' must be one of 'test', got 'attic'"],
  ];
  for (const [query, status, text] of cases) {
    await t.step(query, async () => {
      for (const path of ["/stream", "/snapshot"]) {
        const response = await fetch(`${server.url}${path}?${query}`);
        assertEquals([response.status, await response.text()], [status, `${text}\n`]);
      }
    });
  }
});

Deno.test("GET /stream counts as a viewer, and HEAD doesn't", async () => {
  await using server = await startTestServer();
  const head = await fetch(`${server.url}/stream`, { method: "HEAD" });
  assertEquals(head.headers.get("content-type"), "multipart/x-mixed-replace; boundary=wscam");
  assertEquals([await head.text(), server.served.size], ["", 0]);
  const parts = readParts(await fetch(`${server.url}/stream`));
  await parts.next();
  assertEquals(server.served.size, 1);
  await parts.return();
  await eventually(() => server.served.size === 0);
});

Deno.test("GET /stream bothers nobody else when it isn't read", async () => {
  await using server = await startTestServer({ source: await createLargeJpegs(), fps: 60 });
  using stalled = await openRaw(server.port);
  await stalled.write(new TextEncoder().encode("GET /stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
  let seen = 0;
  for await (const _ of readParts(await fetch(`${server.url}/stream`))) {
    if (++seen > 20 && server.served.counters.dropped > 20) break;
  }
  assertGreater(seen, 20);
  assertGreater(server.served.counters.dropped, 20);
});
