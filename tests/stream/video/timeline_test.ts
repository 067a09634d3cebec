import { assertEquals, assertLess } from "@std/assert";
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
  assertEquals(timesOf([[100, 0], [99.9, 0.1], [99.9, 0.1], [160, 60]]).at(-1), 60.1);
  const now = 0;
  const timeline = new Timeline(() => now);
  const times = [1, 1, 0.9, 0.8, 1].map((at) => timeline.next(at).decodeTime);
  assertEquals(times, times.toSorted((a, b) => a - b));
  assertEquals(new Set(times).size, times.length);
});

Deno.test("Timeline gives even times to frames that were captured unevenly, and some left out", () => {
  let now = 0;
  const timeline = new Timeline(() => now);
  const random = createRandom(4);
  for (let sequence = 1; sequence < 3000; sequence++) {
    now += 1000 / 30;
    if (sequence > 5 && random.below(5) === 0) continue;
    const captured = sequence / 30 + random.below(20) / 1000;
    const { decodeTime } = timeline.next(captured, sequence);
    assertLess(Math.abs(decodeTime / 90_000 - (sequence - 1) / 30), 0.016, `picture ${sequence}`);
  }
});
