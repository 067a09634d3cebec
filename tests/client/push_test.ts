import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { push, pushAddress, type PushEvent } from "../../lib/client/push.ts";
import { openViewer } from "../testutil/client/messages.ts";
import { eventually } from "../testutil/eventually.ts";
import { freePort } from "../testutil/relay/nats.ts";
import { isPicture, openPusher, somePicture } from "../testutil/client/push.ts";
import { startWscam } from "../testutil/program/wscam.ts";

const CAMERA = ["--camera", "ai=push", "--linger", "0.5"];

Deno.test("pushAddress() keeps what stands in the address", () => {
  assertEquals(pushAddress("ws://host:1"), "ws://host:1/push?ack=1");
  assertEquals(
    pushAddress("wss://host/cams/?token=a", { camera: "a b", replace: true }),
    "wss://host/cams/push?token=a&ack=1&camera=a+b&replace=1",
  );
});

Deno.test("push() sends pictures with their times, and no more than the server reads", async () => {
  await using server = await startWscam(CAMERA);
  await using viewer = await openViewer(server.ws);
  await using pusher = push(server.ws, { camera: "ai" });
  const timestamp = Math.round(Date.now()) / 1000 - 1;
  for (let i = 0; i < 5; i++) await pusher.send(await somePicture(i), timestamp + i / 10);
  const five = await somePicture(5);
  await eventually(() => {
    // A plain viewer that is busy misses one, and gets the next.
    pusher.offer(five, timestamp + 0.5);
    const shown = viewer.images().at(-1)?.timestamp ?? 0;
    return Math.abs(shown - timestamp - 0.5) < 0.001;
  });
  // None is sent while two are on their way; the newest of those that wait is not lost.
  const [many, last] = [await somePicture(6), await somePicture(7)];
  const atOnce = Array.from({ length: 50 }, () => pusher.offer(many)).filter(Boolean).length;
  assert(atOnce <= 2, `${atOnce}`);
  await eventually(() => {
    pusher.offer(last);
    return isPicture(viewer.images().at(-1)?.data, last);
  });
});

Deno.test("push() connects again, and goes on", async () => {
  const events: PushEvent[] = [];
  const port = freePort();
  const first = await startWscam(CAMERA, { port });
  await using pusher = push(first.ws, { onEvent: (event) => events.push(event) });
  await pusher.send(await somePicture());
  await first[Symbol.asyncDispose]();
  await eventually(() => events.at(-1)?.type === "disconnected");
  // It waits for the next connection.
  const sent = pusher.send(await somePicture());
  await using second = await startWscam(CAMERA, { port });
  await sent;
  await using viewer = await openViewer(second.ws);
  await pusher.send(await somePicture());
  await eventually(() => viewer.images().length > 0);
  assertEquals(events.filter(({ type }) => type === "connected").length, 2);
});

Deno.test("push() ends where the server says no, with its words", async (t) => {
  await using server = await startWscam(CAMERA);
  await using other = await openPusher(server.ws);
  other.keepPushing(await somePicture());
  await t.step("another program has the camera", async () => {
    await using pusher = push(server.ws, { camera: "ai" });
    await assertRejects(() => somePicture().then((jpeg) => pusher.send(jpeg)), Error, "replace=1");
  });
  await t.step("there is no such camera", async () => {
    await using pusher = push(server.ws, { camera: "attic" });
    await assertRejects(() => somePicture().then((jpeg) => pusher.send(jpeg)), Error, "'attic'");
  });
  await t.step("another program takes its place", async () => {
    const events: PushEvent[] = [];
    await using pusher = push(server.ws, { replace: true, onEvent: (event) => events.push(event) });
    await pusher.send(await somePicture());
    await using third = await openPusher(server.ws, "replace=1");
    await eventually(() => events.at(-1)?.type === "refused");
    const last = events.at(-1);
    assertStringIncludes(last?.type === "refused" ? last.reason : "", "gets its pictures from");
    assertEquals(third.socket.readyState, WebSocket.OPEN);
  });
});

Deno.test("push() closes before it has ever connected", async () => {
  const pusher = push("ws://127.0.0.1:9");
  const sent = assertRejects(() => pusher.send(new Uint8Array()), Error, "closed");
  await pusher.close();
  await pusher.close();
  await sent;
});
