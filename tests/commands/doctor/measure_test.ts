import { assert, assertEquals, assertRejects } from "@std/assert";
import { SourceError } from "../../../lib/frame/source_error.ts";
import { createTestPicture } from "../../../lib/camera/test_picture/test_picture.ts";
import { measure } from "../../../lib/commands/doctor/measure.ts";
import { createFakeSource } from "../../camera/fake_source.ts";
import { eventually } from "../../testutil/eventually.ts";

Deno.test("measure() tells size and rate of what comes", async () => {
  const source = createTestPicture({ width: 64, height: 48, fps: 20 });
  const { fps, ...rest } = await measure(source, {
    settleMs: 200,
    windowMs: 1000,
    frozenMs: 30_000,
  });
  assertEquals(rest, { width: 64, height: 48, plan: undefined });
  // A busy machine makes fewer, but none makes more.
  assert(fps > 1 && fps < 22, `${fps} frames a second`);
});

Deno.test("measure() releases every frame and ends the source", async () => {
  const source = createFakeSource();
  const measured = measure(source, { settleMs: 0, windowMs: 1, frozenMs: 30_000 });
  await eventually(() => source.runs.length === 1);
  let frames = 0;
  while (!source.run.signal.aborted) {
    source.run.frame();
    frames++;
    // Frames come until it has had enough.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  source.run.frame();
  await measured;
  assert(source.run.isOver);
  assert(frames >= 2 && source.released >= 2);
});

Deno.test("measure() gives up a source that delivers nothing, or stops delivering", async () => {
  const mute = createFakeSource();
  await assertRejects(
    () => measure(mute, { frozenMs: 50 }),
    SourceError,
    "is frozen: no picture for 0.05 s",
  );
  assert(mute.run.isOver);
  const freezing = createFakeSource();
  const measured = measure(freezing, { frozenMs: 500, settleMs: 0, windowMs: 60_000 });
  await eventually(() => freezing.runs.length === 1);
  freezing.run.frame();
  freezing.run.frame();
  await assertRejects(() => measured, SourceError, "is frozen: no picture for 0.5 s");
});

Deno.test("measure() says why a source ends", async () => {
  for (
    const [error, message] of [[new SourceError("gone", "was unplugged"), "was unplugged"], [
      undefined,
      "ended",
    ]] as const
  ) {
    const source = createFakeSource();
    const measured = measure(source, { frozenMs: 30_000 });
    await eventually(() => source.runs.length === 1);
    source.run.frame();
    source.run.end(error);
    await assertRejects(() => measured, SourceError, message);
  }
});
