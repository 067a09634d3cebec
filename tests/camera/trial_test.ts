import { assertEquals } from "@std/assert";
import { Trial } from "../../lib/camera/trial.ts";

interface Setup {
  trial: Trial;
  clock: { now: number };
  seen: { broken: number };
}

function create({ mayEnd = true } = {}): Setup {
  const clock = { now: 0 };
  const seen = { broken: 0 };
  const trial = new Trial({
    signal: new AbortController().signal,
    mayEnd,
    now: () => clock.now,
    onBroken: () => seen.broken++,
  });
  return { trial, clock, seen };
}

Deno.test("Trial ends when no picture of a second was whole", () => {
  const { trial, clock, seen } = create();
  for (clock.now = 5000; clock.now < 6000; clock.now += 100) trial.breaks();
  assertEquals([trial.hasFailed, trial.signal.aborted], [false, false]);
  trial.breaks();
  assertEquals([trial.hasFailed, trial.signal.aborted, seen.broken], [true, true, 11]);
});

Deno.test("Trial goes on after one whole picture, and where there is no other way", () => {
  const passed = create();
  passed.trial.breaks();
  passed.trial.passes();
  const forced = create({ mayEnd: false });
  for (const { trial, clock } of [passed, forced]) {
    clock.now = 60_000;
    trial.breaks();
    clock.now = 70_000;
    trial.breaks();
    assertEquals([trial.hasFailed, trial.signal.aborted], [false, false]);
  }
});
