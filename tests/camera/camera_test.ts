import {
  assert,
  assertEquals,
  assertExists,
  assertGreater,
  assertLess,
  assertLessOrEqual,
} from "@std/assert";
import { Camera } from "../../lib/camera/camera.ts";
import { createTestPicture } from "../../lib/camera/test_picture/test_picture.ts";
import type { Frame } from "../../lib/frame/frame.ts";
import { eventually } from "../testutil/eventually.ts";
import { createFakeClock } from "../testutil/fake_clock.ts";
import { create, settle, subscribe } from "./watched_camera.ts";

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
  const source = createTestPicture({ width: 16, height: 16, fps: 100 });
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
  const source = createTestPicture({ width: 32, height: 16, fps: 50 });
  await using camera = new Camera(source, { fps: 50, lingerMs: 0 });
  assertEquals(camera.measured, undefined);
  const watcher = subscribe(camera);
  await eventually(() => watcher.frames.length >= 30);
  const { measured } = camera;
  assertExists(measured?.fps);
  assertEquals([measured.width, measured.height], [32, 16]);
  // A busy machine makes fewer.
  assertGreater(measured.fps, 1);
  assertLess(measured.fps, 200);
  watcher.stop();
  await eventually(() => camera.status.state === "closed");
  assertEquals(camera.measured, undefined);
});
