import { assertEquals } from "@std/assert";
import { Backlog } from "../../lib/time/backlog.ts";

/** The late ones among pictures that come at these times; `times` is when they were taken. */
function lateOnes(arrivals: readonly number[], times?: readonly number[]): number[] {
  const backlog = new Backlog();
  return arrivals.filter((now, i) => backlog.isLate(now, times?.[i]));
}

/** Ten times a second from a time on. */
function steady(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i / 10);
}

/** All that were taken during a stall come in a heap. */
const HEAP = Array.from({ length: 40 }, (_, i) => 6 + i / 1000);
const ARRIVALS = [...steady(0, 20), ...HEAP, ...steady(6.1, 20)];

Deno.test("Backlog.isLate() lets pass what comes as usual", async (t) => {
  await t.step("in time", () => assertEquals(lateOnes(steady(0, 100)), []));
  await t.step("unevenly", () => {
    assertEquals(lateOnes(steady(0, 200).map((at, i) => at + i % 4 * 0.06)), []);
  });
  await t.step("more seldom than before", () => {
    assertEquals(lateOnes([...steady(0, 20), 2.1, 2.3, 2.5, 2.7, 2.9, 3.1]), []);
  });
  await t.step("once a second", () => {
    assertEquals(lateOnes(steady(0, 30).map((at) => at * 10)), []);
  });
});

Deno.test("Backlog.isLate() skips a heap that comes after a stall, to the newest", async (t) => {
  await t.step("without times", () => {
    // The last but one is nearly fresh.
    assertEquals(lateOnes(ARRIVALS), HEAP.slice(0, -1));
  });
  await t.step("with times", () => {
    const late = lateOnes(ARRIVALS, steady(0, 80));
    assertEquals(late.at(0), 6);
    assertEquals(late.length >= 38 && late.every((at) => HEAP.includes(at)), true);
  });
});

Deno.test("Backlog.isLate() skips few pictures where nothing waited", () => {
  assertEquals(lateOnes([...steady(0, 20), ...steady(6, 20)]), [6, 6.1, 6.2]);
  // Taken after the stall: their times say so.
  const times = [...steady(0, 20), ...steady(6, 20)];
  assertEquals(lateOnes(times, times), []);
});

Deno.test("Backlog.isLate() takes a moment in which nothing comes for no end", () => {
  const halting = HEAP.map((at, i) => i > 20 ? at + 0.09 : at);
  assertEquals(lateOnes([...steady(0, 20), ...halting, ...steady(6.2, 20)]).length > 35, true);
});

Deno.test("Backlog.isLate() skips what was taken long ago, though it comes slowly", () => {
  // Half as fast again as it was taken.
  const slowly = Array.from({ length: 60 }, (_, i) => 6 + i / 15);
  const late = lateOnes([...steady(0, 20), ...slowly], steady(0, 80));
  assertEquals(late.length > 50, true);
});

Deno.test("Backlog.isLate() begins anew where times jump", () => {
  const times = [...steady(1000, 20), ...steady(0, 20), ...steady(5000, 20)];
  assertEquals(lateOnes(steady(0, 60), times), []);
});
