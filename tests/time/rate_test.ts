import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLessOrEqual,
} from "@std/assert";
import { Rate } from "../../lib/time/rate.ts";
import { createRandom } from "../testutil/random.ts";

/** A stream of frames, as times in milliseconds. */
interface StreamOptions {
  from: number;
  seconds: number;
  /** The most that a frame comes too late, as a part of the interval. @default {0} */
  jitter?: number;
}

function stream({ from, seconds, jitter = 0 }: StreamOptions): number[] {
  const random = createRandom(from);
  return Array.from(
    { length: Math.round(from * seconds) },
    (_, i) => 1e6 + (i + random.below(1000) / 1000 * jitter) * 1000 / from,
  );
}

function passing(fps: number, times: readonly number[]): number[] {
  const rate = new Rate(fps);
  return times.filter((now) => rate.take(now));
}

function intervals(times: readonly number[]): number[] {
  return times.slice(1).map((time, i) => time - (times[i] ?? NaN));
}

/** The largest number of frames within any period of this many seconds. */
function most(times: readonly number[], seconds: number): number {
  return Math.max(
    ...times.map((start) =>
      times.filter((time) => time >= start && time < start + seconds * 1000).length
    ),
  );
}

Deno.test("take() lets the first frame pass", () => {
  for (const fps of [0.1, 1, 10, 30, 120]) {
    for (const now of [0, 1, -5, 1e12]) assert(new Rate(fps).take(now));
  }
});

Deno.test("take() lets so many frames pass when more come", async (t) => {
  const cases = [
    { from: 30, fps: 10 },
    { from: 24, fps: 20 },
    { from: 25, fps: 10 },
    { from: 30, fps: 20 },
    { from: 30, fps: 29 },
    { from: 60, fps: 30 },
    { from: 120, fps: 7 },
    { from: 1000, fps: 120 },
    { from: 30, fps: 0.5 },
    { from: 30, fps: 0.1 },
  ];
  for (const { from, fps } of cases) {
    for (const jitter of [0, 0.3, 0.9]) {
      await t.step(`${from} to ${fps}, jitter ${jitter}`, () => {
        const seconds = Math.max(60, 10 / fps);
        const passed = passing(fps, stream({ from, seconds, jitter }));
        assertAlmostEquals(passed.length, fps * seconds, Math.max(2, fps * seconds * 0.01));
        assertLessOrEqual(passed.length, fps * seconds + 2, "never more on average");
      });
    }
  }
});

Deno.test("take() lets every frame pass when no more come than may", async (t) => {
  const cases = [
    { from: 30, fps: 30, jitter: 0 },
    { from: 30, fps: 30, jitter: 0.3 },
    { from: 10, fps: 10, jitter: 0.3 },
    { from: 15, fps: 30, jitter: 0.9 },
    { from: 30, fps: 120, jitter: 0.9 },
    { from: 0.2, fps: 10, jitter: 0.9 },
  ];
  for (const { from, fps, jitter } of cases) {
    await t.step(`${from} to ${fps}, jitter ${jitter}`, () => {
      const times = stream({ from, seconds: 120, jitter });
      assertEquals(passing(fps, times), times);
    });
  }
});

Deno.test("take() keeps the rate when frames come a little faster than stated", () => {
  const seconds = 600;
  const passed = passing(30, stream({ from: 30.3, seconds }));
  assertAlmostEquals(passed.length, 30 * seconds, 5);
});

Deno.test("take() lets frames pass at even distances", () => {
  // Every third of 30 frames a second, also when they jitter.
  for (const jitter of [0, 0.3]) {
    const gaps = intervals(passing(10, stream({ from: 30, seconds: 60, jitter })).slice(2));
    for (const gap of gaps) assertAlmostEquals(gap, 100, 20, `jitter ${jitter}`);
  }
});

Deno.test("take() lets no two frames pass at once when it begins", () => {
  const passed = passing(0.1, stream({ from: 30, seconds: 60 }));
  for (const gap of intervals(passed)) assertGreater(gap, 5000);
});

Deno.test("take() lets no burst pass after a gap", async (t) => {
  for (const gap of [50, 150, 1000, 60_000, 1e9]) {
    await t.step(`${gap} ms`, () => {
      const before = stream({ from: 30, seconds: 10 });
      const end = before.at(-1) ?? 0;
      const after = stream({ from: 30, seconds: 10 }).map((time) => time - 1e6 + end + gap);
      const passed = passing(10, [...before, ...after]);
      assertLessOrEqual(most(passed, 1), 12);
      const since = passed.filter((time) => time > end);
      assertEquals(since[0] === after[0] || gap < 100, true, "the first after it passes");
      assertAlmostEquals(since.length, 100, 2);
    });
  }
});

Deno.test("take() keeps to the rate when frames come in bursts", () => {
  // A network stream: nothing for a second, then all of it at once.
  const times = Array.from({ length: 60 * 30 }, (_, i) => Math.floor(i / 30) * 1000 + i % 30);
  const passed = passing(10, times);
  assertGreaterOrEqual(passed.length, 60);
  assertLessOrEqual(passed.length, 60 * 10 + 1);
  assertLessOrEqual(most(passed, 1), 12);
});

Deno.test("take() never lets more pass than the rate when times are random", () => {
  for (let seed = 1; seed <= 30; seed++) {
    const random = createRandom(seed);
    const fps = random.pick([0.3, 1, 7, 10, 30, 120]);
    let now = 0;
    const times = Array.from(
      { length: 3000 },
      () => now += random.below(random.pick([5, 50, 500])),
    );
    const passed = passing(fps, times);
    const seconds = (now - (times[0] ?? 0)) / 1000;
    assertLessOrEqual(passed.length, seconds * fps + 2, `seed ${seed}`);
    assertGreaterOrEqual(passed.length, 1);
  }
});
