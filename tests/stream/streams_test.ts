import { assert, assertEquals, assertGreater, assertStrictEquals } from "@std/assert";
import { createTestPattern } from "../../lib/camera/pattern/test_pattern.ts";
import { jpegSize } from "../../lib/jpeg/jpeg_size.ts";
import type { ImageMessage } from "../../lib/protocol/message.ts";
import { type Channel, createChannel } from "../../lib/stream/channel.ts";
import { FakeViewer } from "./fake_viewer.ts";
import { join } from "./join.ts";
import { eventually } from "../testutil/eventually.ts";

function createTestChannel({ fps = 50, lingerMs = 0 } = {}): Channel {
  return createChannel(createTestPattern({ width: 48, height: 32, fps }), {
    name: "door",
    description: "test",
    fps,
    quality: 60,
    lingerMs,
  });
}

function sizesOf({ texts }: FakeViewer): ReturnType<typeof jpegSize>[] {
  return texts.map((text) => {
    const { data }: ImageMessage = JSON.parse(text);
    return jpegSize(Uint8Array.fromBase64(data));
  });
}

Deno.test("Streams encodes once for viewers that want the same", async () => {
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
  const { encoded } = stream?.counters ?? { encoded: 0 };
  assertEquals(channel.own.counters.encoded, 0, "nobody watches the camera's own");
  assertGreater(encoded, 4);
  const [first] = viewers;
  for (const viewer of viewers) {
    assertEquals(sizesOf(viewer)[0], { width: 24, height: 16 });
    assertStrictEquals(viewer.texts.at(-1), first?.texts.at(-1));
  }
});

Deno.test("Streams gives each viewer the width that it wants, but never more than there is", async () => {
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

Deno.test("Streams makes smaller files of a lower quality", async () => {
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

Deno.test("Streams ends a rendition with its last viewer, and remembers what it did", async () => {
  await using channel = createTestChannel();
  const shape = { quality: 10, width: null };
  const viewers = [new FakeViewer(), new FakeViewer()];
  const [first, second] = viewers;
  assert(first && second);
  const stream = channel.join(first, shape);
  channel.join(second, shape);
  await eventually(() => viewers.every(({ texts }) => texts.length > 2));
  stream?.remove(first);
  assertEquals(channel.streams.length, 2);
  const before = channel.counters;
  stream?.remove(second);
  stream?.remove(second);
  assertEquals(channel.streams.length, 1);
  assertEquals(channel.size, 0);
  assertEquals(channel.get(shape), undefined);
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

Deno.test("Streams has eight renditions at most, and makes the next when one has ended", async () => {
  await using channel = createTestChannel({ fps: 1 });
  // The camera's own is always there.
  const leaves = [1, 2, 3, 4, 5, 6, 7].map((quality) => join(channel, { quality, width: null }));
  const shape = { quality: 90, width: 40 };
  const late = new FakeViewer();
  assertEquals(channel.join(late, shape), channel.own, "the nearest");
  assertEquals(channel.size, 8);
  leaves[0]?.();
  assertEquals(channel.join(late, shape, { left: channel.own }).width, 40);
});

Deno.test("Streams keeps a rendition ready after its last viewer, until another one needs its place", async () => {
  await using channel = createTestChannel({ fps: 1, lingerMs: 60_000 });
  const first = channel.join(new FakeViewer(), { quality: 1, width: null });
  for (const viewer of first.viewers) first.remove(viewer);
  assertEquals(channel.get({ quality: 1, width: null }), first);
  const leaves = [2, 3, 4, 5, 6, 7].map((quality) => join(channel, { quality, width: null }));
  assertEquals(channel.streams.length, 8);
  leaves[0]?.();
  join(channel, { quality: 8, width: null });
  assertEquals(channel.get({ quality: 1, width: null }), undefined, "it was left first");
  assertEquals(channel.get({ quality: 2, width: null })?.size, 0);
  assertEquals(channel.streams.length, 8);
});

Deno.test("Streams leaves a rendition alone when somebody leaves one that it took the place of", async () => {
  await using channel = createTestChannel();
  const shape = { quality: 10, width: null };
  const early = new FakeViewer();
  const first = channel.join(early, shape);
  first?.remove(early);
  const viewer = new FakeViewer();
  const second = channel.join(viewer, shape);
  first?.remove(early);
  assertEquals(channel.streams.length, 2);
  assertEquals(channel.join(viewer, shape, { left: second }), second, "it is there already");
  await eventually(() => viewer.texts.length > 2);
  second?.remove(viewer);
  assertEquals(channel.streams.length, 1);
});

Deno.test("Streams encodes no faster than the fastest viewer of a rendition wants", async () => {
  await using channel = createTestChannel({ fps: 50 });
  const slow = new FakeViewer({ fps: 2 });
  channel.join(slow);
  assertEquals(channel.own.fps, 2);
  const quick = new FakeViewer({ fps: 5 });
  channel.join(quick);
  assertEquals(channel.own.fps, 5);
  quick.delivery = { fps: null, form: "text", ack: false };
  channel.own.adapt();
  assertEquals(channel.own.fps, Infinity);
  channel.own.remove(quick);
  assertEquals(channel.own.fps, 2);
  const { encoded } = channel.own.counters;
  await eventually(() => slow.texts.length >= 4);
  const { captured } = channel.camera.counters;
  assertGreater(captured, 3 * (channel.own.counters.encoded - encoded), "of 50 a second");
  channel.own.remove(slow);
});
