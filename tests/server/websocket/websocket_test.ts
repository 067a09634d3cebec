import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { createLargeJpegs } from "../large_jpegs.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { openRaw } from "../../testutil/client/raw_socket.ts";
import { ownMemoryOf } from "../../testutil/system/processes.ts";
import { startTestServer } from "../../testutil/server/test_server.ts";
import type { State } from "../../../lib/server/state.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

Deno.test("acceptViewer() answers a ping with its id and the server's clock", async () => {
  await using server = await startTestServer();
  await using viewer = await openViewer(server.ws);
  const id = "猫 7";
  viewer.socket.send(JSON.stringify({ type: "ping", id }));
  const pong = await eventually(() => viewer.messages.find(({ type }) => type === "pong"));
  assert(pong.type === "pong");
  assertEquals(pong.id, id);
  assertLess(Math.abs(pong.timestamp - Date.now() / 1000), 60);
});

Deno.test("acceptViewer() answers a status with what /state tells", async () => {
  await using server = await startTestServer();
  await using viewer = await openViewer(server.ws);
  await eventually(() => viewer.images().length > 0);
  viewer.socket.send('{"type":"status","id":7}');
  const status = await eventually(() =>
    viewer.messages.find((message) => (message as { type: string }).type === "status")
  ) as unknown as State & { id: number };
  assertEquals([status.id, status.version], [7, "1.2.3"]);
  assertEquals(status.cameras.map(({ name, state }) => [name, state]), [["test", "live"]]);
  const [own] = status.viewers;
  assertEquals(own?.camera, "test");
  assertMatch(own?.address ?? "", /^127\.0\.0\.1:\d+$/);
  const { viewers: [same] } = await (await fetch(`${server.url}/state`)).json() as State;
  assertEquals(same?.address, own?.address);
});

Deno.test("acceptViewer() answers what is no command with an error, and goes on", async () => {
  await using server = await startTestServer();
  await using viewer = await openViewer(server.ws);
  const bad = ["", "hello", "[]", "null", '{"type":"fly","id":7}', '{"id":8}'];
  for (const text of bad) viewer.socket.send(text);
  await eventually(() => viewer.errors().length === bad.length);
  const rule = "Cannot read command: field 'type' must be one of " +
    "'ack', 'annotate', 'configure', 'control', 'pause', 'ping', 'resume', 'status'";
  assertEquals(viewer.errors().slice(-2), [
    { type: "error", message: `${rule}, got 'fly'`, id: 7 },
    { type: "error", message: `${rule}, got nothing`, id: 8 },
  ]);
  const before = viewer.images().length;
  await eventually(() => viewer.images().length > before + 2);
});

Deno.test("acceptViewer() closes with 1008 after ten messages within ten seconds that are no commands", async () => {
  await using server = await startTestServer();
  await using viewer = await openViewer(server.ws);
  for (let i = 0; i < 5; i++) viewer.socket.send("?");
  viewer.socket.send('{"type":"ping"}');
  for (let i = 0; i < 5; i++) viewer.socket.send(new Uint8Array(5));
  assertEquals((await viewer.closed).code, 1008);
  assertEquals(viewer.errors().length, 2);
});

Deno.test("acceptViewer() closes with 1009 after a message of more than 64 KiB", async () => {
  await using server = await startTestServer();
  await using viewer = await openViewer(server.ws);
  viewer.socket.send(`{"type":"ping","id":"${"x".repeat(65_000)}"}`);
  await eventually(() => viewer.messages.some(({ type }) => type === "pong"));
  viewer.socket.send(`{"type":"ping","id":"${"x".repeat(65_536)}"}`);
  assertEquals((await viewer.closed).code, 1009);
});

Deno.test("acceptViewer() answers a broken handshake with 400, in words", async () => {
  await using server = await startTestServer();
  const response = await fetch(server.url, {
    headers: { upgrade: "websocket", connection: "Upgrade" },
  });
  assertEquals(response.status, 400);
  assertStringIncludes(await response.text(), "handshake");
});

Deno.test("acceptViewer() forgets viewers that vanish without a word", async () => {
  await using server = await startTestServer();
  for (let i = 0; i < 20; i++) {
    using raw = await openRaw(server.port);
    await raw.shake();
    if (i % 2) await raw.readSome();
  }
  await eventually(() => server.served.size === 0);
});

Deno.test("acceptViewer() survives messages that are nested as deeply as they can be", async () => {
  await using server = await startTestServer();
  await using viewer = await openViewer(server.ws);
  const nested = '{"a":'.repeat(10_000) + "1" + "}".repeat(10_000);
  for (const text of [`{"type":"ping","id":${nested}}`, `{"type":${nested}}`, nested]) {
    viewer.socket.send(text);
  }
  await eventually(() => viewer.errors().length === 3);
});

Deno.test("acceptViewer() limits binary messages and long characters as well", async () => {
  await using server = await startTestServer();
  for (const message of [new Uint8Array(65_537), "猫".repeat(22_000)]) {
    await using viewer = await openViewer(server.ws);
    viewer.socket.send(message);
    assertEquals((await viewer.closed).code, 1009);
  }
});

Deno.test("a viewer that never reads loses pictures for itself alone", async () => {
  await using server = await startTestServer({ source: await createLargeJpegs(), fps: 60 });
  using stalled = await openRaw(server.port);
  await stalled.shake();
  await using viewer = await openViewer(server.ws);
  await eventually(() => server.served.counters.dropped > 30);
  const { copied } = server.served.own.counters;
  // On a busy machine, this process is itself too slow for some of them.
  const enough = Math.min(copied - 3, 20);
  await eventually(() => viewer.images().length >= enough);
  assertEquals(server.served.size, 2);
});

Deno.test({
  name: "a viewer that sends commands without reading answers is held to a bound",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using server = await startWscam(["--camera", "test", "--resolution", "64x48"]);
    using raw = await openRaw(server.port);
    await raw.shake();
    const command = JSON.stringify({ type: "ping", id: "x".repeat(60_000) });
    const before = ownMemoryOf(server.pid);
    // 2,000 answers of 60 KB would be 120 MB.
    await raw.sendText(command, { times: 2000, within: 20_000 });
    await using viewer = await openViewer(server.ws);
    await eventually(() => viewer.images().length > 2);
    assertLess(ownMemoryOf(server.pid) - before, 110e6);
  },
});

Deno.test("acceptViewer() drops commands over the rate, says so, and goes on", async () => {
  await using server = await startTestServer();
  await using viewer = await openViewer(server.ws);
  let sentAt = -Infinity;
  const error = await eventually(() => {
    // Again, if it must be: a machine that was busy for seconds has not seen more than the rate.
    if (viewer.errors().length === 0 && performance.now() - sentAt > 5000) {
      for (let i = 0; i < 2000; i++) viewer.socket.send('{"type":"ping"}');
      sentAt = performance.now();
    }
    return viewer.errors()[0];
  });
  assertEquals(error.message, "Cannot read commands: they must be at most 250 a second");
  const pongs = () => viewer.messages.filter(({ type }) => type === "pong").length;
  assert(pongs() >= 500, `${pongs()} were answered`);
  // It may ask again before long.
  await eventually(() => {
    viewer.socket.send('{"type":"ping","id":"after"}');
    return viewer.messages.some((message) => message.type === "pong" && message.id === "after");
  });
  assertEquals(viewer.socket.readyState, WebSocket.OPEN);
});

Deno.test("acceptViewer() closes with 1008 when there is a flood of commands", async () => {
  await using server = await startTestServer();
  await using viewer = await openViewer(server.ws);
  let sentAt = -Infinity;
  await eventually(() => {
    // Again, if it must be: a machine that was busy for a second has not seen a flood. But not while it may be about to
    // say goodbye: a flood that goes on then is cut off.
    if (viewer.socket.readyState === WebSocket.OPEN && performance.now() - sentAt > 15_000) {
      for (let i = 0; i < 3400; i++) viewer.socket.send('{"type":"ping"}');
      sentAt = performance.now();
    }
    return viewer.socket.readyState === WebSocket.CLOSED;
  });
  assertEquals((await viewer.closed).code, 1008);
});

Deno.test("acceptViewer() says why it closes also to who has sent more", async () => {
  await using server = await startTestServer();
  for (const [text, code] of [["?", 1008], ["x".repeat(70_000), 1009]] as const) {
    await using viewer = await openViewer(server.ws);
    for (let i = 0; i < 30; i++) viewer.socket.send(text);
    assertEquals((await viewer.closed).code, code);
  }
});

Deno.test("acceptViewer() ends who goes on and on", async () => {
  await using server = await startTestServer();
  await using viewer = await openViewer(server.ws);
  await eventually(() => {
    if (viewer.socket.readyState === WebSocket.OPEN) viewer.socket.send("?");
    return viewer.socket.readyState === WebSocket.CLOSED;
  });
  await viewer.closed;
});
