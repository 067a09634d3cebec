import { assert, assertEquals, assertGreater, assertMatch, assertStrictEquals } from "@std/assert";
import { createTestPattern } from "../../lib/camera/test_pattern.ts";
import { jpegSize } from "../../lib/protocol/jpeg_size.ts";
import type { ImageMessage } from "../../lib/protocol/message.ts";
import { type Channel, createChannel } from "../../lib/stream/channel.ts";
import { FakeViewer } from "./fake_viewer.ts";
import { createJpegChannel } from "./jpeg_camera.ts";
import { eventually } from "../testutil/eventually.ts";

function createTestChannel({ fps = 50 } = {}): Channel {
  return createChannel(createTestPattern({ width: 48, height: 32, fps }), {
    ...{ name: "door", description: "test", fps, quality: 60, lingerMs: 0 },
  });
}

function sizesOf({ texts }: FakeViewer): ReturnType<typeof jpegSize>[] {
  return texts.map((text) => {
    const { data }: ImageMessage = JSON.parse(text);
    return jpegSize(Uint8Array.fromBase64(data));
  });
}

Deno.test("createChannel() leads from a source to its viewers", async () => {
  await using channel = createTestChannel();
  assertEquals([channel.name, channel.source], ["door", "test"]);
  const viewer = new FakeViewer();
  const membership = channel.join(viewer);
  assert(membership);
  await eventually(() => viewer.texts.length >= 3);
  membership.leave();
  await eventually(() => channel.camera.status.state === "closed");
  const message: ImageMessage = JSON.parse(viewer.texts[0] ?? "");
  assertEquals(Object.keys(message), ["type", "data", "timestamp"]);
  assertEquals(jpegSize(Uint8Array.fromBase64(message.data)), { width: 48, height: 32 });
  assertGreater(channel.rendition.counters.encoded, 2);
});

Deno.test("Channel encodes once for viewers that want the same", async () => {
  await using channel = createTestChannel();
  const viewers = Array.from({ length: 3 }, () => new FakeViewer());
  for (const viewer of viewers) channel.join(viewer, { quality: 40, width: 24 });
  await eventually(() => viewers.every(({ texts }) => texts.length >= 5));
  assertEquals(channel.streams.map(({ quality, width }) => [quality, width]), [
    [null, null],
    [40, 24],
  ]);
  assertEquals(channel.size, 3);
  const [, stream] = channel.streams;
  const { encoded } = stream?.rendition.counters ?? { encoded: 0 };
  assertEquals(channel.rendition.counters.encoded, 0, "nobody watches the camera's own");
  assertGreater(encoded, 4);
  const [first] = viewers;
  for (const viewer of viewers) {
    assertEquals(sizesOf(viewer)[0], { width: 24, height: 16 });
    assertStrictEquals(viewer.texts.at(-1), first?.texts.at(-1));
  }
});

Deno.test("Channel gives each viewer the width that it wants, but never more than there is", async () => {
  await using channel = createTestChannel();
  const cases = [[16, 16], [17, 17], [47, 47], [48, 48], [49, 48], [8192, 48]] as const;
  const viewers = cases.map(([width]) => {
    const viewer = new FakeViewer();
    assert(channel.join(viewer, { quality: null, width }));
    return viewer;
  });
  await eventually(() => viewers.every(({ texts }) => texts.length > 0));
  assertEquals(viewers.map((viewer) => sizesOf(viewer)[0]?.width), cases.map(([, is]) => is));
});

Deno.test("Channel makes smaller files of a lower quality", async () => {
  await using channel = createTestChannel();
  const viewers = [100, null, 10].map((quality) => {
    const viewer = new FakeViewer();
    channel.join(viewer, { quality, width: null });
    return viewer;
  });
  await eventually(() => viewers.every(({ texts }) => texts.length > 0));
  const [best, own, worst] = viewers.map(({ texts }) => texts[0]?.length ?? 0);
  assert(best && own && worst);
  assertGreater(best, own);
  assertGreater(own, worst);
});

Deno.test("Channel ends a rendition with its last viewer, and remembers what it did", async () => {
  await using channel = createTestChannel();
  const shape = { quality: 10, width: null };
  const viewers = [new FakeViewer(), new FakeViewer()];
  const memberships = viewers.map((viewer) => channel.join(viewer, shape));
  await eventually(() => viewers.every(({ texts }) => texts.length > 2));
  memberships[0]?.leave();
  assertEquals(channel.streams.length, 2);
  const before = channel.counters;
  memberships[1]?.leave();
  memberships[1]?.leave();
  assertEquals(channel.streams.length, 1);
  assertEquals(channel.size, 0);
  assertEquals(channel.lastOf(shape), undefined);
  // One that was being encoded may have been counted since.
  for (const name of ["encoded", "sent", "bytes"] as const) {
    assertGreater(channel.counters[name], before[name] - 1);
  }
  const { sent } = channel.counters;
  const again = new FakeViewer();
  channel.join(again, shape);
  await eventually(() => again.texts.length > 0);
  assertGreater(channel.counters.sent, sent);
});

Deno.test("Channel has eight renditions at most, and takes the next when one has ended", async () => {
  await using channel = createTestChannel({ fps: 1 });
  // The camera's own is always there.
  const memberships = Array.from({ length: 7 }, (_, quality) => {
    return channel.join(new FakeViewer(), { quality, width: null });
  });
  assertEquals(memberships.every((each) => each !== undefined), true);
  const late = new FakeViewer();
  const shape = { quality: 90, width: 40 };
  assertEquals(channel.join(late, shape), undefined);
  assertEquals(channel.size, 7);
  assert(channel.join(late), "the camera's own is for everybody");
  assert(channel.join(new FakeViewer(), { quality: 3, width: null }), "what others have, too");
  memberships[0]?.leave();
  assert(channel.join(new FakeViewer(), shape));
});

Deno.test("Channel leaves a rendition alone when somebody leaves one that it took the place of", async () => {
  await using channel = createTestChannel();
  const shape = { quality: 10, width: null };
  const first = channel.join(new FakeViewer(), shape);
  first?.leave();
  const viewer = new FakeViewer();
  const second = channel.join(viewer, shape);
  first?.leave();
  assertEquals(channel.streams.length, 2);
  assert(second?.move(shape), "it is there already");
  await eventually(() => viewer.texts.length > 2);
  second?.leave();
  assertEquals(channel.streams.length, 1);
});

Deno.test("Channel encodes no faster than the fastest viewer of a rendition wants", async () => {
  await using channel = createTestChannel({ fps: 50 });
  const slow = new FakeViewer({ fps: 2 });
  const { leave } = channel.join(slow) ?? {};
  assertEquals(channel.rendition.fps, 2);
  const quick = new FakeViewer({ fps: 5 });
  const membership = channel.join(quick);
  assertEquals(channel.rendition.fps, 5);
  quick.delivery = { fps: null, form: "text", ack: false };
  membership?.adapt();
  assertEquals(channel.rendition.fps, Infinity);
  membership?.leave();
  assertEquals(channel.rendition.fps, 2);
  const { encoded } = channel.rendition.counters;
  await eventually(() => slow.texts.length >= 4);
  const { captured } = channel.camera.counters;
  assertGreater(captured, 3 * (channel.rendition.counters.encoded - encoded), "of 50 a second");
  leave?.();
});

Deno.test("Channel.close() ends everything, whoever watches", async () => {
  const channel = createTestChannel();
  const viewer = new FakeViewer();
  channel.join(viewer, { quality: 10, width: 16 });
  await eventually(() => viewer.texts.length > 0);
  await channel.close();
  await channel[Symbol.asyncDispose]();
  assertEquals(channel.camera.status.state, "closed");
});

Deno.test("Channel has failed while nothing that is wanted of it can be made", async () => {
  await using channel = await createJpegChannel();
  const states: string[] = [];
  channel.observe(({ state }) => states.push(state));
  const whole = new FakeViewer();
  const { leave } = channel.join(whole) ?? {};
  await eventually(() => whole.texts.length > 0);
  const small = new FakeViewer();
  channel.join(small, { quality: null, width: 24 });
  const told = await eventually(() => small.texts.at(0));
  assertMatch(
    told,
    /"Camera door can't be shown: cannot encode picture: it needs ffmpeg, .* install it with/,
  );
  assertEquals(channel.status.state, "live", "others get what they want");
  leave?.();
  assertEquals(channel.status.state, "failed");
  const again = channel.join(whole);
  assertEquals(channel.status.state, "live");
  again?.leave();
  assertEquals(small.texts.length, 1, "once");
  assertEquals(states.slice(0, 2), ["opening", "live"]);
});
