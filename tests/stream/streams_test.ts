import { assert, assertEquals, assertGreater, assertStrictEquals } from "@std/assert";
import { createTestPicture } from "../../lib/camera/test_picture/test_picture.ts";
import { jpegSize } from "../../lib/jpeg/jpeg_size.ts";
import type { ImageMessage } from "../../lib/protocol/message.ts";
import { ServedCamera } from "../../lib/stream/served_camera.ts";
import { FakeViewer } from "./fake_viewer.ts";
import { join } from "./join.ts";
import { eventually } from "../testutil/eventually.ts";

function createTestCamera({ fps = 50, lingerMs = 0 } = {}): ServedCamera {
  return new ServedCamera(createTestPicture({ width: 48, height: 32, fps }), {
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
  await using served = createTestCamera();
  const viewers = Array.from({ length: 3 }, () => new FakeViewer());
  for (const viewer of viewers) served.join(viewer, { quality: 40, width: 24 });
  await eventually(() => viewers.every(({ texts }) => texts.length >= 5));
  assertEquals(served.streams.map(({ quality, width }) => [quality, width]), [
    [null, null],
    [40, 24],
  ]);
  assertEquals(served.size, 3);
  const [, stream] = served.streams;
  const { encoded } = stream?.counters ?? { encoded: 0 };
  assertEquals(served.own.counters.encoded, 0, "nobody watches the camera's own");
  assertGreater(encoded, 4);
  const [first] = viewers;
  for (const viewer of viewers) {
    assertEquals(sizesOf(viewer)[0], { width: 24, height: 16 });
    assertStrictEquals(viewer.texts.at(-1), first?.texts.at(-1));
  }
});

Deno.test("Streams gives each viewer the width that it wants, but never more than there is", async () => {
  await using served = createTestCamera();
  const cases = [[16, 16], [17, 17], [47, 47], [48, 48], [49, 48], [8192, 48]] as const;
  const viewers = cases.map(([width]) => {
    const viewer = new FakeViewer();
    assert(served.join(viewer, { quality: null, width }));
    return viewer;
  });
  await eventually(() => viewers.every(({ texts }) => texts.length > 0));
  assertEquals(viewers.map((viewer) => sizesOf(viewer)[0]?.width), cases.map(([, is]) => is));
});

Deno.test("Streams makes smaller files of a lower quality", async () => {
  await using served = createTestCamera();
  const viewers = [100, null, 10].map((quality) => {
    const viewer = new FakeViewer();
    served.join(viewer, { quality, width: null });
    return viewer;
  });
  await eventually(() => viewers.every(({ texts }) => texts.length > 0));
  const [best, own, worst] = viewers.map(({ texts }) => texts[0]?.length ?? 0);
  assert(best && own && worst);
  assertGreater(best, own);
  assertGreater(own, worst);
});

Deno.test("Streams ends a rendition with its last viewer, and remembers what it did", async () => {
  await using served = createTestCamera();
  const shape = { quality: 10, width: null };
  const viewers = [new FakeViewer(), new FakeViewer()];
  const [first, second] = viewers;
  assert(first && second);
  const stream = served.join(first, shape);
  served.join(second, shape);
  await eventually(() => viewers.every(({ texts }) => texts.length > 2));
  stream?.remove(first);
  assertEquals(served.streams.length, 2);
  const before = served.counters;
  stream?.remove(second);
  stream?.remove(second);
  assertEquals(served.streams.length, 1);
  assertEquals(served.size, 0);
  assertEquals(served.get(shape), undefined);
  // A picture that was being encoded may have been counted since.
  for (const name of ["encoded", "sent", "bytes"] as const) {
    assertGreater(served.counters[name], before[name] - 1);
  }
  const { sent } = served.counters;
  const again = new FakeViewer();
  served.join(again, shape);
  await eventually(() => again.texts.length > 0);
  assertGreater(served.counters.sent, sent);
});

Deno.test("Streams has eight renditions at most, and makes the next when one has ended", async () => {
  await using served = createTestCamera({ fps: 1 });
  // The camera's own is always there.
  const leaves = [1, 2, 3, 4, 5, 6, 7].map((quality) => join(served, { quality, width: null }));
  const shape = { quality: 90, width: 40 };
  const late = new FakeViewer();
  assertEquals(served.join(late, shape), served.own, "the nearest");
  assertEquals(served.size, 8);
  leaves[0]?.();
  assertEquals(served.join(late, shape, { left: served.own }).width, 40);
});

Deno.test("Streams keeps a rendition ready after its last viewer, until another one needs its place", async () => {
  await using served = createTestCamera({ fps: 1, lingerMs: 60_000 });
  const first = served.join(new FakeViewer(), { quality: 1, width: null });
  for (const viewer of first.viewers) first.remove(viewer);
  assertEquals(served.get({ quality: 1, width: null }), first);
  const leaves = [2, 3, 4, 5, 6, 7].map((quality) => join(served, { quality, width: null }));
  assertEquals(served.streams.length, 8);
  leaves[0]?.();
  join(served, { quality: 8, width: null });
  assertEquals(served.get({ quality: 1, width: null }), undefined, "it was left first");
  assertEquals(served.get({ quality: 2, width: null })?.size, 0);
  assertEquals(served.streams.length, 8);
});

Deno.test("Streams leaves a rendition alone when somebody leaves one that it took the place of", async () => {
  await using served = createTestCamera();
  const shape = { quality: 10, width: null };
  const early = new FakeViewer();
  const first = served.join(early, shape);
  first?.remove(early);
  const viewer = new FakeViewer();
  const second = served.join(viewer, shape);
  first?.remove(early);
  assertEquals(served.streams.length, 2);
  assertEquals(served.join(viewer, shape, { left: second }), second, "it is there already");
  await eventually(() => viewer.texts.length > 2);
  second?.remove(viewer);
  assertEquals(served.streams.length, 1);
});

Deno.test("Streams encodes no faster than the fastest viewer of a rendition wants", async () => {
  await using served = createTestCamera({ fps: 50 });
  const slow = new FakeViewer({ fps: 2 });
  served.join(slow);
  assertEquals(served.own.fps, 2);
  const quick = new FakeViewer({ fps: 5 });
  served.join(quick);
  assertEquals(served.own.fps, 5);
  quick.delivery = { fps: null, form: "text", ack: false };
  served.own.adapt();
  assertEquals(served.own.fps, Infinity);
  served.own.remove(quick);
  assertEquals(served.own.fps, 2);
  const { encoded } = served.own.counters;
  await eventually(() => slow.texts.length >= 4);
  const { captured } = served.camera.counters;
  assertGreater(captured, 3 * (served.own.counters.encoded - encoded), "of 50 a second");
  served.own.remove(slow);
});
