import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertExists,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
} from "@std/assert";
import type { CameraStatus } from "../../lib/camera/camera_status.ts";
import { Camera, type CameraOptions } from "../../lib/camera/camera.ts";
import type { Frame } from "../../lib/frame/frame.ts";
import { SourceError } from "../../lib/frame/source_error.ts";
import { createTestPattern } from "../../lib/camera/pattern/test_pattern.ts";
import { eventually } from "../testutil/eventually.ts";
import { createFakeClock, type FakeClock } from "../testutil/fake_clock.ts";
import { createFakeSource, type FakeSource } from "./fake_source.ts";

/** A rate at which no frame is one too many. */
const ANY_FPS = 1e9;

interface Watcher {
  readonly frames: Frame[];
  readonly statuses: CameraStatus[];
  /** The names of the statuses. */
  states(): string;
  stop(): void;
}

function subscribe(camera: Camera): Watcher {
  const frames: Frame[] = [];
  const statuses: CameraStatus[] = [];
  const stop = camera.subscribe({
    onFrame: (frame) => void frames.push(frame),
    onStatus: (status) => void statuses.push(status),
  });
  return { frames, statuses, stop, states: () => statuses.map(({ state }) => state).join(" ") };
}

function create(options: Partial<CameraOptions> = {}): { camera: Camera; source: FakeSource } {
  const source = createFakeSource();
  return { source, camera: new Camera(source, { fps: ANY_FPS, retryMs: [1], ...options }) };
}

/** Lets everything happen that is due by now. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("Camera opens its source for the first subscriber only", async () => {
  const { camera, source } = create();
  await using _ = camera;
  await settle();
  assertEquals(source.runs.length, 0);
  assertEquals(camera.status, { state: "closed" });
  const first = subscribe(camera);
  assertEquals(camera.status, { state: "opening" });
  await eventually(() => source.runs.length === 1);
  const second = subscribe(camera);
  for (let i = 0; i < 3; i++) source.run.frame();
  await eventually(() => second.frames.length === 3);
  assertEquals(first.frames, second.frames, "the same frames for everybody");
  assertEquals(source.runs.length, 1);
  assertEquals(camera.status, { state: "live" });
  assertEquals(first.states(), "opening live");
  assertEquals(second.states(), "live");
});

Deno.test("Camera delivers nothing to who unsubscribed", async () => {
  const { camera, source } = create();
  await using _ = camera;
  const [gone, here] = [subscribe(camera), subscribe(camera)];
  await eventually(() => source.runs.length === 1);
  gone.stop();
  gone.stop();
  source.run.frame();
  await eventually(() => here.frames.length === 1);
  assertEquals(gone.frames.length, 0);
});

Deno.test("Camera closes its source a while after the last subscriber", async () => {
  const clock = createFakeClock();
  const { camera, source } = create({ clock, lingerMs: 3000 });
  await using _ = camera;
  const [first, second] = [subscribe(camera), subscribe(camera)];
  await settle();
  first.stop();
  await clock.advance(4000);
  assert(!source.run.signal.aborted, "somebody watches");
  second.stop();
  await clock.advance(2999);
  assert(!source.run.signal.aborted, "it lingers");
  await clock.advance(1);
  await settle();
  assertEquals(camera.status, { state: "closed" });
  assert(source.run.isOver);
});

Deno.test("Camera stays open when somebody subscribes while it lingers", async () => {
  const clock = createFakeClock();
  const { camera, source } = create({ clock, lingerMs: 3000 });
  await using _ = camera;
  subscribe(camera).stop();
  await clock.advance(2999);
  const watcher = subscribe(camera);
  await clock.advance(2000);
  assert(!source.run.signal.aborted);
  source.run.frame();
  await eventually(() => watcher.frames.length === 1);
  assertEquals(source.runs.length, 1);
});

Deno.test("Camera opens again when somebody subscribes while it closes", async () => {
  const { camera, source } = create({ lingerMs: 0 });
  await using _ = camera;
  const closing = Promise.withResolvers<void>();
  source.beforeEnd = () => closing.promise;
  subscribe(camera).stop();
  await eventually(() => source.runs[0]?.signal.aborted);
  const watcher = subscribe(camera);
  await settle();
  assertEquals(source.runs.length, 1, "not before the first is closed");
  source.beforeEnd = () => Promise.resolve();
  closing.resolve();
  await eventually(() => source.runs.length === 2);
  assert(source.runs[0]?.isOver);
  source.run.frame();
  await eventually(() => watcher.frames.length === 1);
  assertEquals(watcher.states(), "closed opening live");
});

Deno.test("Camera is open without subscribers when it is always on", async () => {
  const { camera, source } = create({ alwaysOn: true, lingerMs: 0 });
  await using _ = camera;
  await eventually(() => source.runs.length === 1);
  source.run.frame();
  await eventually(() => camera.status.state === "live");
  subscribe(camera).stop();
  await settle();
  assert(!source.run.signal.aborted);
  assertEquals(camera.counters.captured, 1);
});

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
  const { camera, source } = create({ retryMs: [60_000] });
  await using _ = camera;
  subscribe(camera);
  await eventually(() => source.runs.length === 1);
  source.run.end();
  await eventually(() => camera.status.state === "failed");
  const failedAt = performance.now();
  subscribe(camera);
  await eventually(() => source.runs.length === 2);
  const took = performance.now() - failedAt;
  assertGreater(took, 300, "nobody can make it open a camera without a pause");
  assertLess(took, 10_000);
});

Deno.test("Camera tries again at once when somebody subscribes late in its wait", async () => {
  const { camera, source } = create({ retryMs: [60_000] });
  await using _ = camera;
  subscribe(camera);
  await eventually(() => source.runs.length === 1);
  source.run.end();
  await eventually(() => camera.status.state === "failed");
  await new Promise((resolve) => setTimeout(resolve, 700));
  assertEquals(source.runs.length, 1);
  subscribe(camera);
  await settle();
  assertEquals(source.runs.length, 2);
});

Deno.test("Camera opens a source again when it gives no frame for long", async (t) => {
  for (const frames of [0, 1]) {
    await t.step(`after ${frames} frames`, async () => {
      const { camera, source } = create({ frozenMs: 200 });
      await using _ = camera;
      const start = performance.now();
      const watcher = subscribe(camera);
      await eventually(() => source.runs.length === 1);
      if (frames > 0) source.run.frame();
      await eventually(() => source.runs.length === 2);
      assertGreaterOrEqual(performance.now() - start, 190);
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
  const { camera, source } = create({ frozenMs: 50, fps: 6 });
  await using _ = camera;
  subscribe(camera);
  const start = performance.now();
  await eventually(() => source.runs.length === 2);
  assertGreaterOrEqual(performance.now() - start, 490);
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

Deno.test("Camera tells that it is frozen before its source has ended", async () => {
  const clock = createFakeClock();
  const { camera, source } = create({ clock, retryMs: [1000] });
  await using _ = camera;
  const closing = Promise.withResolvers<void>();
  source.beforeEnd = () => closing.promise;
  const watcher = subscribe(camera);
  await clock.advance(0);
  source.run.frame();
  await clock.advance(10);
  await clock.advance(5500);
  assertEquals(watcher.states(), "opening live failed");
  assertEquals(camera.newest, undefined);
  assert(source.runs[0]?.signal.aborted);
  await clock.advance(2000);
  assertEquals(source.runs.length, 1, "not opened again before it has ended");
  source.beforeEnd = () => Promise.resolve();
  closing.resolve();
  await clock.advance(0);
  assertEquals(source.runs.length, 2, "its wait is over by then");
  source.run.frame();
  await clock.advance(0);
  assertEquals(watcher.states(), "opening live failed live");
});

Deno.test("Camera drops what a frozen source still gives", async () => {
  const clock = createFakeClock();
  const source = createFakeSource();
  const late = Promise.withResolvers<void>();
  await using camera = new Camera({
    async *frames(options) {
      yield* source.frames(options);
      await late.promise;
      const { signal } = new AbortController();
      const more = source.frames({ ...options, signal });
      queueMicrotask(() => source.run.frame());
      for await (const frame of more) {
        yield frame;
        return;
      }
    },
  }, { fps: ANY_FPS, clock, retryMs: [60_000] });
  const watcher = subscribe(camera);
  await clock.advance(6000);
  assertEquals(camera.status.state, "failed");
  late.resolve();
  await clock.advance(0);
  assertEquals(source.runs.length, 2);
  assertEquals([source.released, watcher.frames.length], [1, 0]);
  assertEquals(camera.status.state, "failed");
});

Deno.test("Camera takes no source for frozen after the machine has slept", async () => {
  const clock = createFakeClock();
  const { camera, source } = create({ clock });
  await using _ = camera;
  const watcher = subscribe(camera);
  await clock.advance(0);
  source.run.frame();
  await clock.advance(3000);
  clock.jump(8 * 3600_000);
  await clock.advance(0);
  source.run.frame();
  await clock.advance(4000);
  assertEquals(watcher.states(), "opening live");
  assertEquals(watcher.frames.length, 2);
});

Deno.test("Camera doesn't count what is asked before its source is opened", async () => {
  const clock = createFakeClock();
  const source = createFakeSource();
  const asked = Promise.withResolvers<void>();
  await using camera = new Camera({
    askMs: 20_000,
    async *frames(options) {
      await asked.promise;
      options.onPlan?.({ encoder: "copy", reason: "as asked for" });
      yield* source.frames(options);
    },
  }, { fps: ANY_FPS, clock });
  subscribe(camera);
  await clock.advance(15_000);
  asked.resolve();
  await clock.advance(4500);
  assertEquals(camera.status.state, "opening");
  source.run.frame();
  await clock.advance(0);
  assertEquals(camera.status.state, "live");
  await clock.advance(6000);
  assertEquals(camera.status.state, "failed", "from then on, its frames count");
});

Deno.test("observe() tells of each change, and opens nothing", async () => {
  const { camera, source } = create({ lingerMs: 0 });
  await using _ = camera;
  const states: string[] = [];
  const stop = camera.observe(({ state }) => states.push(state));
  await settle();
  assertEquals(source.runs.length, 0);
  const watcher = subscribe(camera);
  await eventually(() => source.runs.length === 1);
  source.run.frame();
  await eventually(() => camera.status.state === "live");
  watcher.stop();
  await eventually(() => camera.status.state === "closed");
  stop();
  subscribe(camera);
  assertEquals(states, ["opening", "live", "closed"]);
});

Deno.test("close() ends everything at once, and may be called again", async (t) => {
  await t.step("while frames come", async () => {
    const { camera, source } = create();
    const watcher = subscribe(camera);
    await eventually(() => source.runs.length === 1);
    source.run.frame();
    await eventually(() => watcher.frames.length === 1);
    await Promise.all([camera.close(), camera.close()]);
    await camera.close();
    assert(source.run.isOver);
    assertEquals(camera.status, { state: "closed" });
    watcher.stop();
  });
  await t.step("while it waits for its next try", async () => {
    const { camera, source } = create({ retryMs: [60_000] });
    subscribe(camera);
    await eventually(() => source.runs.length === 1);
    source.run.end();
    await eventually(() => camera.status.state === "failed");
    await camera.close();
  });
  await t.step("while it lingers", async () => {
    const { camera, source } = create({ lingerMs: 60_000 });
    subscribe(camera).stop();
    await eventually(() => source.runs.length === 1);
    await camera.close();
    assert(source.run.isOver);
  });
  await t.step("before it was opened", async () => {
    const { camera, source } = create();
    await camera.close();
    subscribe(camera).stop();
    await settle();
    assertEquals(source.runs.length, 0);
  });
});

Deno.test("Camera releases each frame, and keeps those that are held", async () => {
  const { camera, source } = create();
  await using _ = camera;
  const held: Frame[] = [];
  camera.subscribe({
    onFrame: (frame) => void (frame.sequence % 2 === 0 && held.push(frame.hold())),
    onStatus: () => {},
  });
  subscribe(camera);
  await eventually(() => source.runs.length === 1);
  for (let i = 0; i < 10; i++) source.run.frame();
  await eventually(() => camera.counters.captured === 10);
  await settle();
  assertEquals(source.released, 5);
  for (const frame of held) frame.release();
  assertEquals(source.released, 9, "the camera itself keeps the newest");
  assertEquals(camera.newest?.sequence, 10);
  await camera.close();
  assertEquals(source.released, 10);
  assertEquals(camera.newest, undefined);
});

Deno.test("Camera releases frames that are too many, or that nobody wants", async () => {
  const { camera, source } = create({ alwaysOn: true, fps: 1 });
  await using _ = camera;
  await eventually(() => source.runs.length === 1);
  for (let i = 0; i < 100; i++) source.run.frame();
  await eventually(() => camera.counters.captured === 100);
  await settle();
  assertEquals(source.released, 99, "the camera keeps the one that passed");
});

Deno.test("Camera delivers no more frames a second than it should", async () => {
  const source = createTestPattern({ width: 16, height: 16, fps: 100 });
  await using camera = new Camera(source, { fps: 10 });
  const watcher = subscribe(camera);
  await eventually(() => watcher.frames.length > 0);
  const start = performance.now();
  await eventually(() => watcher.frames.length >= 12);
  const seconds = (performance.now() - start) / 1000;
  assertLessOrEqual(watcher.frames.length, seconds * 10 + 4);
  assertGreater(camera.counters.captured, watcher.frames.length);
});

Deno.test("measured tells size and rate while frames come", async () => {
  const source = createTestPattern({ width: 32, height: 16, fps: 50 });
  await using camera = new Camera(source, { fps: 50, lingerMs: 0 });
  assertEquals(camera.measured, undefined);
  const watcher = subscribe(camera);
  await eventually(() => watcher.frames.length >= 30);
  const { measured } = camera;
  assertExists(measured?.fps);
  assertEquals([measured.width, measured.height], [32, 16]);
  assertGreater(measured.fps, 5);
  assertLess(measured.fps, 100);
  watcher.stop();
  await eventually(() => camera.status.state === "closed");
  assertEquals(camera.measured, undefined);
});
