import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLessOrEqual,
} from "@std/assert";
import { Camera, type CameraOptions } from "../../lib/camera/camera.ts";
import { SourceError } from "../../lib/frame/source_error.ts";
import { eventually } from "../testutil/eventually.ts";
import { createFakeClock, type FakeClock } from "../testutil/fake_clock.ts";
import { createFakeSource, type FakeSource } from "./fake_source.ts";
import { ANY_FPS, create, settle, subscribe } from "./watched_camera.ts";

Deno.test("Camera says why its source failed, and opens it again", async (t) => {
  const cases = [
    ["SourceError", new SourceError("gone", "was unplugged"), "was unplugged"],
    ["another error", new TypeError("no good"), "failed: no good"],
    ["no error", "a string", "failed: a string"],
    ["clean end", undefined, "ended"],
  ] as const;
  for (const [name, error, reason] of cases) {
    await t.step(name, async () => {
      const { camera, source } = create();
      await using _ = camera;
      const watcher = subscribe(camera);
      await eventually(() => source.runs.length === 1);
      source.run.frame();
      source.run.end(error);
      await eventually(() => camera.status.state === "failed");
      const failed = watcher.statuses.at(-1);
      assert(failed?.state === "failed");
      assertEquals(failed.reason, reason);
      assertAlmostEquals(failed.retryAt, Date.now(), 5000);
      await eventually(() => source.runs.length === 2);
      source.run.frame();
      await eventually(() => camera.status.state === "live");
      assertEquals(watcher.states(), "opening live failed live");
      assertEquals(camera.counters, { captured: 2, broken: 0, restarts: 1 });
    });
  }
});

Deno.test("Camera waits longer from try to try, until frames have come for a while", async () => {
  const clock = createFakeClock();
  const { camera, source } = create({ retryMs: [1000, 2000, 5000], clock });
  await using _ = camera;
  const waits: number[] = [];
  camera.observe((status) => {
    if (status.state === "failed") {
      waits.push(Math.round((status.retryAt - Date.now()) / 500) * 500);
    }
  });
  subscribe(camera);
  for (let i = 1; i <= 8; i++) {
    await clock.advance(0);
    assertEquals(source.runs.length, i);
    if (i === 5) source.run.frame();
    for (let ms = 0; i === 6 && ms < 6000; ms += 1000) {
      source.run.frame();
      await clock.advance(1000);
    }
    source.run.end(new SourceError("missing", "isn't there"));
    await eventually(() => waits.length === i);
    await clock.advance(waits.at(-1) ?? 0);
  }
  assertEquals(waits, [1000, 2000, 5000, 5000, 5000, 1000, 2000, 5000]);
});

Deno.test("Camera tries again sooner when somebody subscribes", async () => {
  const clock = createFakeClock();
  const { camera, source } = create({ retryMs: [60_000], clock });
  await using _ = camera;
  subscribe(camera);
  await clock.advance(0);
  source.run.end();
  await eventually(() => camera.status.state === "failed");
  subscribe(camera);
  await clock.advance(499);
  assertEquals(source.runs.length, 1, "nobody can make it open a camera without a pause");
  await clock.advance(1);
  assertEquals(source.runs.length, 2);
});

Deno.test("Camera tries again at once when somebody subscribes late in its wait", async () => {
  const clock = createFakeClock();
  const { camera, source } = create({ retryMs: [60_000], clock });
  await using _ = camera;
  subscribe(camera);
  await clock.advance(0);
  assertEquals(source.runs.length, 1);
  source.run.end();
  await eventually(() => camera.status.state === "failed");
  await clock.advance(700);
  assertEquals(source.runs.length, 1);
  subscribe(camera);
  await settle();
  assertEquals(source.runs.length, 2);
});

Deno.test("Camera opens a source again when it gives no frame for long", async (t) => {
  for (const frames of [0, 1]) {
    await t.step(`after ${frames} frames`, async () => {
      const clock = createFakeClock();
      const { camera, source } = create({ frozenMs: 200, clock });
      await using _ = camera;
      const watcher = subscribe(camera);
      await clock.advance(0);
      if (frames > 0) source.run.frame();
      await clock.advance(199);
      assertEquals(source.runs.length, 1);
      await clock.advance(100);
      assertEquals(source.runs.length, 2);
      assert(source.runs[0]?.isOver);
      const failed = watcher.statuses.find(({ state }) => state === "failed");
      assert(failed?.state === "failed");
      assertEquals(failed.reason, "is frozen: no picture for 0.2 s");
    });
  }
});

Deno.test("Camera takes no source for frozen that gives frames", async () => {
  const clock = createFakeClock();
  const { camera, source } = create({ clock });
  await using _ = camera;
  const watcher = subscribe(camera);
  for (let i = 1; i <= 5; i++) {
    await clock.advance(4900);
    source.run.frame();
    await eventually(() => watcher.frames.length === i);
  }
  assertEquals(source.runs.length, 1);
});

Deno.test("Camera waits three frame times before it takes a source for frozen", async () => {
  const clock = createFakeClock();
  const { camera, source } = create({ frozenMs: 50, fps: 6, clock });
  await using _ = camera;
  subscribe(camera);
  await clock.advance(490);
  assertEquals(source.runs.length, 1);
  await clock.advance(60);
  assertEquals(source.runs.length, 2);
});

/** A camera whose device is gone, on a clock of its own: when it was tried. */
function createGone(
  options: Partial<CameraOptions> = {},
): { camera: Camera; clock: FakeClock; source: FakeSource; tries: number[] } {
  const clock = createFakeClock();
  const source = createFakeSource();
  const tries: number[] = [];
  const camera = new Camera({
    frames(options) {
      tries.push(clock.now());
      const frames = source.frames(options);
      queueMicrotask(() => source.run.end(new SourceError("missing", "isn't there")));
      return frames;
    },
  }, { fps: ANY_FPS, clock, ...options });
  return { camera, clock, source, tries };
}

Deno.test("Camera tries for ever while its device is gone", async () => {
  const { camera, clock, tries } = createGone();
  await using _ = camera;
  const watcher = subscribe(camera);
  await clock.advance(600_000);
  assertEquals(tries.slice(0, 5), [0, 1000, 3000, 8000, 13_000]);
  assertEquals(tries.length, 3 + Math.floor((600_000 - 3000) / 5000));
  assertEquals(camera.counters.restarts, tries.length - 1);
  assertEquals(clock.sleepers, 1, "one wait, whatever went before");
  assert(watcher.statuses.slice(1).every(({ state }) => state === "failed"));
});

Deno.test("Camera is back at once when a viewer comes to a device that is there again", async () => {
  const { clock, source } = createGone();
  let isGone = true;
  await using camera = new Camera({
    frames(options) {
      if (isGone) throw new SourceError("missing", "isn't there");
      return source.frames(options);
    },
  }, { fps: ANY_FPS, clock });
  const first = subscribe(camera);
  await clock.advance(600_000);
  assertEquals(camera.status.state, "failed", "a source may throw before it gives anything");
  isGone = false;
  await clock.advance(1000);
  assertEquals(source.runs.length, 0);
  subscribe(camera);
  await clock.advance(0);
  source.run.frame();
  await eventually(() => first.frames.length === 1);
  assertEquals(camera.status, { state: "live" });
});

Deno.test("Camera is not tried more often by viewers that come and go", async (t) => {
  for (const lingerMs of [0, 10_000]) {
    await t.step(`it lingers for ${lingerMs} ms`, async () => {
      const { camera, clock, tries } = createGone({ lingerMs });
      await using _ = camera;
      for (let i = 0; i < 500; i++) {
        const watcher = subscribe(camera);
        await clock.advance(10);
        watcher.stop();
        await clock.advance(10);
      }
      assertLessOrEqual(tries.length, 10_000 / 500 + 1);
      assertGreater(tries.length, 10, "but often, for they wait for it");
      for (const [i, at] of tries.slice(1).entries()) {
        assertGreaterOrEqual(at - (tries[i] ?? 0), 500);
      }
    });
  }
});
