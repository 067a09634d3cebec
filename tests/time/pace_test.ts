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

Deno.test("Pace falls while nothing comes, and is back at once", () => {
  const pace = new Pace(4);
  assertEquals(pace.perSecondAt(0), undefined);
  for (const now of [0, 100, 200, 300, 400]) pace.take(now);
  assertEquals([400, 500, 600].map((now) => pace.perSecondAt(now)), [10, 10, 10]);
  assertEquals([900, 2400].map((now) => pace.perSecondAt(now)), [2, 0.5]);
  for (const now of [2400, 2500, 2600, 2700, 2800]) pace.take(now);
  assertEquals(pace.perSecondAt(2800), 10);
});
