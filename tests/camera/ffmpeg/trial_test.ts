import { assertEquals, assertThrows } from "@std/assert";
import { SourceError } from "../../../lib/frame/source_error.ts";
import { Trial } from "../../../lib/camera/ffmpeg/trial.ts";

interface Setup {
  trial: Trial;
  clock: { now: number };
}

function create({ mayEnd = true } = {}): Setup {
  const clock = { now: 0 };
  const trial = new Trial({
    signal: new AbortController().signal,
    mayEnd,
    now: () => clock.now,
  });
  return { trial, clock };
}

Deno.test("Trial ends when no picture of a second was whole", () => {
  const { trial, clock } = create();
  for (clock.now = 5000; clock.now < 6000; clock.now += 100) trial.breaks("unknown");
  assertEquals([trial.hasFailed, trial.signal.aborted], [false, false]);
  trial.breaks("unknown");
  assertEquals([trial.hasFailed, trial.signal.aborted], [true, true]);
});

Deno.test("Trial goes on after one whole picture, and where there is no other way", () => {
  const passed = create();
  passed.trial.breaks("unknown");
  passed.trial.passes();
  const forced = create({ mayEnd: false });
  for (const { trial, clock } of [passed, forced]) {
    clock.now = 60_000;
    trial.breaks("unknown");
    clock.now = 70_000;
    trial.breaks("unknown");
    assertEquals([trial.hasFailed, trial.signal.aborted], [false, false]);
  }
});

Deno.test("Trial doesn't end for pictures that are cut, and fails for those that nobody can show", () => {
  const { trial, clock } = create();
  for (clock.now = 0; clock.now < 5000; clock.now += 100) trial.breaks("cut");
  assertEquals(trial.hasFailed, false);
  assertThrows(
    () => {
      for (let i = 0; i < 5; i++) trial.breaks("arithmetic");
    },
    SourceError,
    "arithmetic coding",
  );
});
