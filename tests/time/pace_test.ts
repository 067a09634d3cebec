import { assertEquals } from "@std/assert";
import { Pace } from "../../lib/time/pace.ts";

Deno.test("Pace knows nothing before the second, and nothing of two at one time", () => {
  const pace = new Pace(4);
  assertEquals([pace.lastAt, pace.perSecond], [undefined, undefined]);
  pace.take(0);
  assertEquals([pace.lastAt, pace.perSecond], [0, undefined]);
  pace.take(0);
  assertEquals([pace.lastAt, pace.perSecond], [0, undefined]);
  pace.take(200);
  assertEquals([pace.lastAt, pace.perSecond], [200, 10]);
});

Deno.test("Pace forgets a pause as soon as enough have passed", () => {
  const pace = new Pace(4);
  for (const now of [0, 100, 60_000, 60_050, 60_100, 60_150]) pace.take(now);
  assertEquals(pace.perSecond, 4 / 60.05);
  pace.take(60_200);
  assertEquals(pace.perSecond, 20);
});
