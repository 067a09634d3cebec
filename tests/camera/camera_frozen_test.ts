import { assert, assertEquals } from "@std/assert";
import { Camera } from "../../lib/camera/camera.ts";
import { createFakeClock } from "../testutil/fake_clock.ts";
import { createFakeSource } from "./fake_source.ts";
import { ANY_FPS, create, subscribe } from "./watched_camera.ts";

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
