import { assert, assertEquals, assertLess } from "@std/assert";
import { Timeline } from "../../../lib/stream/video/timeline.ts";
import { createRandom } from "../../testutil/random.ts";

/** The times of pictures, captured and here at these seconds, in seconds. */
function timesOf(pictures: readonly (readonly [captured: number, here: number])[]): number[] {
  let now = 0;
  const timeline = new Timeline(() => now);
  return pictures.map(([captured, here]) => {
    now = here * 1000;
    return Math.round(timeline.next(captured).decodeTime / 90) / 1000;
  });
}

Deno.test("Timeline goes by the times of capture, not by those of arrival", () => {
  assertEquals(timesOf([[100, 0], [100.1, 0.15], [100.2, 0.2], [100.5, 0.5]]), [0, 0.1, 0.2, 0.5]);
});

Deno.test("Timeline takes a clock that is set for no time", () => {
  const set = [[100, 0], [100.1, 0.1], [9100.2, 0.2], [9100.3, 0.3], [50, 0.4], [
    50.1,
    0.5,
  ]] as const;
  assertEquals(timesOf(set), [0, 0.1, 0.2, 0.3, 0.4, 0.5]);
});

Deno.test("Timeline never steps back, and goes on after a pause", () => {
  assertEquals(timesOf([[100, 0], [99.9, 0.1], [99.9, 0.1], [160, 60]]).at(-1), 60.2);
  const now = 0;
  const timeline = new Timeline(() => now);
  const times = [1, 1, 0.9, 0.8, 1].map((at) => timeline.next(at).decodeTime);
  assertEquals(times, times.toSorted((a, b) => a - b));
  assertEquals(new Set(times).size, times.length);
});

Deno.test("Timeline goes by the times of arrival while those of capture stand still", () => {
  const stepped = [[100, 0], [100.1, 0.1], [100.1, 0.2], [100.1, 0.32], [100.1, 0.4], [100.2, 0.5]];
  assertEquals(timesOf(stepped as [number, number][]), [0, 0.1, 0.2, 0.32, 0.4, 0.5]);
});

Deno.test("Timeline shows no picture before those of times that then step back", () => {
  let now = 0;
  const timeline = new Timeline(() => now);
  // With B-frames, pictures are shown up to 0.3 s after they are decoded.
  const decoded = [[0, 0.2], [0.1, 0.3], [0.2, 0], [0.2, 0], [0.2, 0], [0.3, 0.1], [0.4, 0]];
  const shown = decoded.map(([seconds = 0, offset = 0], i) => {
    now = 100 * i;
    return (timeline.next(seconds, offset * 90_000).decodeTime + offset * 90_000) / 90_000;
  });
  assertEquals(
    shown.map((each) => Math.round(each * 10) / 10),
    [0.2, 0.4, 0.2, 0.5, 0.6, 0.8, 0.8],
  );
});

/** The times of pictures that our clock captured at these seconds, in periods of this rate. */
function evenTimes(captured: readonly number[], fps: number): number[] {
  let now = 0;
  const timeline = new Timeline(() => now);
  timeline.expect(fps);
  return captured.map((at) => {
    now = at * 1000;
    return timeline.even(at).decodeTime * fps / 90_000;
  });
}

Deno.test("Timeline gives times that are whole periods apart, and near those of capture", async (t) => {
  const random = createRandom(4);
  const numbers = Array.from({ length: 3000 }, (_, i) => i);
  const uneven = (): number => random.below(20) / 1000;
  const cases: Record<string, number[]> = {
    "even": numbers.map((i) => i / 30),
    "uneven": numbers.map((i) => i / 30 + uneven()),
    "some left out": numbers.filter(() => random.below(20) > 0).map((i) => i / 30 + uneven()),
    "a little slower": numbers.map((i) => i / 29.97 + uneven()),
    "in heaps": numbers.map((i) => Math.floor(i / 10) / 3 + (i % 10) / 9000),
    "half the rate for a while": numbers.map((i) =>
      i / 30 + Math.max(0, Math.min(i - 900, 900)) / 30
    ),
    "a gap of 0.5 s": numbers.map((i) => i / 30 + (i > 1000 ? 0.5 : 0)),
    "a gap of 9 s": numbers.map((i) => i / 30 + (i > 1000 ? 9 : 0)),
  };
  for (const [name, captured] of Object.entries(cases)) {
    await t.step(name, () => {
      const times = evenTimes(captured, 30);
      assertEquals(
        times.map((each) => Math.abs(each - Math.round(each)) < 1e-6).indexOf(false),
        -1,
      );
      times.forEach((each, i) => assert(i === 0 || each > (times[i - 1] ?? 0) + 0.5));
      const off = times.slice(-100).map((each, i) => each / 30 - (captured.at(i - 100) ?? 0));
      for (const each of off) assertLess(Math.abs(each), name === "in heaps" ? 0.4 : 0.1);
    });
  }
});

Deno.test("Timeline takes another rate for its own when it lasts", () => {
  const slower = Array.from({ length: 300 }, (_, i) => i / 25);
  const times = evenTimes(slower, 30).slice(100).map((each) => each / 30);
  times.forEach((each, i) => assert(i === 0 || Math.abs(each - (times[i - 1] ?? 0) - 0.04) < 1e-6));
});

Deno.test("Timeline never gives a picture less than its period, also where the camera is a little faster", () => {
  const faster = Array.from({ length: 9000 }, (_, i) => i / 30.1);
  const times = evenTimes(faster, 30);
  times.forEach((each, i) => assert(i === 0 || each - (times[i - 1] ?? 0) > 0.999));
});
