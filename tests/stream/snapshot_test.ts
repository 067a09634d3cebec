import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertMatch,
  assertStrictEquals,
} from "@std/assert";
import { sleep } from "../../lib/time/sleep.ts";
import { SourceError } from "../../lib/frame/source_error.ts";
import { createTestPicture } from "../../lib/camera/test_picture/test_picture.ts";
import { ServedCamera } from "../../lib/stream/served_camera.ts";
import { RenditionBudget } from "../../lib/stream/rendition_budget.ts";
import { type SnapshotOptions, takeSnapshot } from "../../lib/stream/snapshot.ts";
import { createFakeSource, type FakeSource } from "../camera/fake_source.ts";
import { FakeViewer } from "./fake_viewer.ts";
import { createJpegCamera } from "./jpeg_camera.ts";
import { eventually } from "../testutil/eventually.ts";

const OPTIONS: SnapshotOptions = { quality: null, width: null, address: "192.0.2.5:51234" };

function createTestCamera({ lingerMs = 0 } = {}): ServedCamera {
  return new ServedCamera(createTestPicture({ width: 48, height: 32, fps: 50 }), {
    name: "door",
    description: "test",
    fps: 50,
    lingerMs,
  });
}

function createFakeCamera(): { source: FakeSource; served: ServedCamera } {
  const source = createFakeSource();
  const served = new ServedCamera(source, {
    name: "door",
    description: "test",
    fps: 1e9,
    lingerMs: 60_000,
    retryMs: [60_000],
  });
  return { source, served };
}

Deno.test("takeSnapshot() opens the camera for one picture, and lets it go", async () => {
  await using served = createTestCamera();
  const snapshot = await takeSnapshot(served, { ...OPTIONS, width: 24 });
  assert(snapshot.ok);
  assertEquals(snapshot.picture.size, { width: 24, height: 16 });
  assertEquals([served.size, served.streams.length], [0, 1]);
  await eventually(() => served.camera.status.state === "closed");
});

Deno.test("takeSnapshot() takes an older picture only where that is allowed", async () => {
  await using served = createTestCamera();
  const first = await takeSnapshot(served, OPTIONS);
  assert(first.ok);
  const same = await takeSnapshot(served, { ...OPTIONS, maxAge: 60 });
  assert(same.ok);
  assertStrictEquals(same.picture, first.picture);
  const next = await takeSnapshot(served, OPTIONS);
  assert(next.ok);
  assertGreaterOrEqual(next.picture.timestamp, first.picture.timestamp);
  assertGreaterOrEqual(next.picture.sequence, first.picture.sequence);
});

Deno.test("takeSnapshot() takes the newest picture, also while others see few", async () => {
  const { source, served } = createFakeCamera();
  await using _ = served;
  const slow = new FakeViewer({ fps: 0.1 });
  served.join(slow);
  await eventually(() => source.runs.length === 1);
  source.run.frame();
  await eventually(() => slow.texts.length === 1);
  source.run.frame();
  await eventually(() => served.camera.counters.captured === 2);
  const taken = takeSnapshot(served, OPTIONS);
  source.run.frame();
  const snapshot = await taken;
  assert(snapshot.ok);
  assertGreaterOrEqual(snapshot.picture.sequence, 2);
  assertEquals(served.own.fps, 0.1, "and the rate is as it was");
});

Deno.test("takeSnapshot() knows how old a picture is, whatever its time says", async () => {
  const tomorrow = Date.now() / 1000 + 86_400;
  await using served = new ServedCamera({
    async *frames({ pool, signal }) {
      for (let i = 0; !signal.aborted; i++) {
        const info = { width: 2, height: 1, timestamp: tomorrow - i };
        yield pool.frame(new Uint8Array(8), info);
        await sleep(20, signal);
      }
    },
  }, { name: "door", description: "test", fps: 1e9 });
  const first = await takeSnapshot(served, OPTIONS);
  assert(first.ok);
  await eventually(() => first.picture.ageHere > 0.2);
  const next = await takeSnapshot(served, { ...OPTIONS, maxAge: 0.2 });
  assert(next.ok);
  assertGreater(next.picture.sequence, first.picture.sequence);
});

Deno.test("takeSnapshot() says why there is none when the camera fails, or has failed", async () => {
  const { source, served } = createFakeCamera();
  await using _ = served;
  const taken = takeSnapshot(served, OPTIONS);
  await eventually(() => source.runs.length === 1);
  source.run.end(new SourceError("gone", "was unplugged"));
  assertEquals(await taken, { ok: false, reason: "was unplugged" });
  assertEquals(await takeSnapshot(served, OPTIONS), { ok: false, reason: "was unplugged" });
  assertEquals(served.size, 0);
});

Deno.test("takeSnapshot() takes the nearest rendition when there are too many", async () => {
  await using served = createTestCamera();
  for (const width of [8, 12, 16, 24, 28, 32, 40]) {
    served.join(new FakeViewer(), { quality: null, width });
  }
  const taken = await takeSnapshot(served, { ...OPTIONS, width: 23 });
  assert(taken.ok);
  assertEquals([taken.picture.size.width, taken.shape.width], [24, 24]);
});

Deno.test("takeSnapshot() of ever other sizes begins no more renditions than the budget allows", async () => {
  await using served = createTestCamera({ lingerMs: 60_000 });
  const budget = new RenditionBudget(() => 0);
  const widths = [];
  for (let width = 8; width < 48; width++) {
    const taken = await takeSnapshot(served, { ...OPTIONS, width, budget, owner: "192.0.2.5" });
    assert(taken.ok);
    widths.push(taken.picture.size.width);
  }
  assert(new Set(widths).size <= 10, "eight of its own, and the camera's");
  const other = await takeSnapshot(served, { ...OPTIONS, width: 47, budget, owner: "192.0.2.6" });
  assert(other.ok);
  assertEquals(other.picture.size.width, 47, "another one has a budget of its own");
});

Deno.test("takeSnapshot() encodes no frame twice", async () => {
  const { source, served } = createFakeCamera();
  await using _ = served;
  served.camera.subscribe({ onFrame: () => {}, onStatus: () => {} });
  await eventually(() => source.runs.length === 1);
  source.run.frame();
  for (let i = 0; i < 5; i++) assert((await takeSnapshot(served, OPTIONS)).ok);
  assertEquals(served.own.counters.encoded, 1);
});

Deno.test("takeSnapshot() says why there is none when the rendition can't be made", async () => {
  await using served = await createJpegCamera();
  assert((await takeSnapshot(served, OPTIONS)).ok);
  const snapshot = await takeSnapshot(served, { ...OPTIONS, width: 24 });
  assert(!snapshot.ok);
  assertMatch(snapshot.reason, /^can't be shown: cannot encode picture: it needs ffmpeg, /);
});
