import { assert, assertEquals, assertRejects } from "@std/assert";
import { Camera, type CameraOptions } from "../../lib/camera/camera.ts";
import type { Frame } from "../../lib/frame/frame.ts";
import { SourceError } from "../../lib/frame/source_error.ts";
import { eventually } from "../testutil/eventually.ts";
import { createFakeClock, type FakeClock } from "../testutil/fake_clock.ts";
import { createFakeSource, type FakeSource } from "./fake_source.ts";
import { settle } from "./watched_camera.ts";

interface Watched extends AsyncDisposable {
  camera: Camera;
  first: FakeSource;
  frames: Frame[];
  states: string[];
}

/** A camera that somebody watches. */
async function watch(
  { clock, ...options }: Partial<CameraOptions> & { clock?: FakeClock } = {},
): Promise<Watched> {
  const first = createFakeSource();
  const camera = new Camera(first, {
    fps: 1e9,
    retryMs: [60_000],
    ...options,
    ...(clock === undefined ? {} : { clock }),
  });
  const frames: Frame[] = [];
  const states: string[] = [];
  camera.subscribe({
    onFrame: (frame) => void frames.push(frame),
    onStatus: ({ state }) => void states.push(state),
  });
  await clock?.advance(0);
  await eventually(() => first.runs.length === 1);
  return { camera, first, frames, states, [Symbol.asyncDispose]: () => camera.close() };
}

Deno.test("reconfigure() delivers from another source to those who watch, with no gap in numbers", async () => {
  await using all = await watch();
  const { camera, first, frames, states } = all;
  first.run.frame();
  await eventually(() => frames.length === 1);
  const second = createFakeSource();
  const closing = Promise.withResolvers<void>();
  first.beforeEnd = () => closing.promise;
  const changing = camera.reconfigure(second, 1e9);
  assert(camera.isChanging);
  await settle();
  assertEquals(second.runs.length, 0, "the first has the device until it has ended");
  closing.resolve();
  await eventually(() => second.runs.length === 1);
  second.run.frame();
  await changing;
  assert(!camera.isChanging);
  assertEquals([frames.length, states], [2, ["opening", "live"]]);
  assertEquals(camera.counters, { captured: 2, broken: 0, restarts: 0 });
  assertEquals(first.runs[0]?.pool, second.runs[0]?.pool, "which numbers the frames");
});

Deno.test("reconfigure() of a closed camera keeps the settings, and opens nothing", async () => {
  const [first, second] = [createFakeSource(), createFakeSource()];
  await using camera = new Camera(first, { fps: 10 });
  await camera.reconfigure(second, 5);
  assertEquals([camera.fps, camera.status.state, second.runs.length], [5, "closed", 0]);
  camera.subscribe({ onFrame: () => {}, onStatus: () => {} });
  await eventually(() => second.runs.length === 1);
  assertEquals(first.runs.length, 0);
});

Deno.test("reconfigure() rejects when the other source fails before its first frame", async () => {
  await using all = await watch();
  const { camera, first, frames, states } = all;
  first.run.frame();
  await eventually(() => frames.length === 1);
  const second = createFakeSource();
  const changing = camera.reconfigure(second, 1e9);
  await eventually(() => second.runs.length === 1);
  second.run.end(new SourceError("mode", "doesn't offer it"));
  await assertRejects(() => changing, SourceError, "doesn't offer it");
  assertEquals(states, ["opening", "live"], "who asked for it goes back first");
  const before = camera.reconfigure(first, 1e9);
  await eventually(() => first.runs.length === 2);
  first.run.frame();
  await before;
  assertEquals([frames.length, states], [2, ["opening", "live"]]);
});

Deno.test("reconfigure() hides one failure, and not the next", async () => {
  await using all = await watch({ retryMs: [1] });
  const { camera, first, states } = all;
  first.run.frame();
  await eventually(() => camera.status.state === "live");
  const second = createFakeSource();
  const changing = camera.reconfigure(second, 1e9);
  for (const n of [1, 2]) {
    await eventually(() => second.runs.length === n);
    second.run.end(new SourceError("missing", "isn't there"));
    if (n === 1) await assertRejects(() => changing, SourceError);
  }
  await eventually(() => camera.status.state === "failed");
  assertEquals(states, ["opening", "live", "failed"]);
});

Deno.test("reconfigure() rejects when the other source gives nothing for long", async () => {
  const clock = createFakeClock();
  await using all = await watch({ clock });
  const { camera, first } = all;
  first.run.frame();
  await clock.advance(0);
  const second = createFakeSource();
  const refused = assertRejects(() => camera.reconfigure(second, 10), SourceError, "is frozen");
  await clock.advance(6000);
  await refused;
});

Deno.test("reconfigure() tries at once while the camera waits for its next try", async () => {
  const clock = createFakeClock();
  await using all = await watch({ clock });
  const { camera, first, states } = all;
  first.run.end(new SourceError("mode", "doesn't offer it"));
  await eventually(() => camera.status.state === "failed");
  const second = createFakeSource();
  const changing = camera.reconfigure(second, 1e9);
  await clock.advance(499);
  assertEquals(second.runs.length, 0, "but not without a pause");
  await clock.advance(1);
  assertEquals(second.runs.length, 1);
  second.run.frame();
  await changing;
  assertEquals(states, ["opening", "failed", "live"]);
  assertEquals(first.runs.length, 1);
});

Deno.test("reconfigure() ends when the last one leaves, or the camera is closed", async (t) => {
  for (const how of ["leaves", "closes"]) {
    await t.step(how, async () => {
      const first = createFakeSource();
      await using camera = new Camera(first, { fps: 10, lingerMs: 0 });
      const stop = camera.subscribe({ onFrame: () => {}, onStatus: () => {} });
      await eventually(() => first.runs.length === 1);
      const second = createFakeSource();
      const changing = camera.reconfigure(second, 10);
      await eventually(() => second.runs.length === 1);
      if (how === "leaves") stop();
      else await camera.close();
      await changing;
      assertEquals([camera.isChanging, second.run.isOver], [false, true]);
    });
  }
});

Deno.test("reconfigure() makes the rate what is delivered, and what is taken for frozen", async () => {
  const clock = createFakeClock();
  await using all = await watch({ clock });
  const { camera, frames } = all;
  const slow = createFakeSource();
  const changing = camera.reconfigure(slow, 0.1);
  await clock.advance(0);
  slow.run.frame();
  await clock.advance(0);
  await changing;
  await clock.advance(20_000);
  assertEquals(camera.status.state, "live", "a frame in 10 s is all that it should give");
  await clock.advance(15_000);
  assertEquals([camera.status.state, frames.length], ["failed", 1]);
});
