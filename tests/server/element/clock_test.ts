import { assertAlmostEquals, assertEquals } from "@std/assert";
import { ServerClock } from "../../../lib/server/element/link/clock.js";

/** Holds the time of this file's tests, until it is disposed of. */
function standStill(): Disposable {
  const { now } = Date;
  const begun = now();
  Date.now = () => begun;
  return { [Symbol.dispose]: () => void (Date.now = now) };
}

Deno.test("ServerClock knows nothing before it is told", () => {
  const clock = new ServerClock();
  assertEquals(clock.offset, null);
  clock.add(1, 1);
  clock.forget();
  assertEquals(clock.offset, null);
});

Deno.test("ServerClock believes the fastest of the last answers", () => {
  const clock = new ServerClock();
  using _ = standStill();
  const ahead = (ms: number): number => (Date.now() + ms) / 1000;
  clock.add(ahead(10_000), 100);
  assertAlmostEquals(clock.offset ?? 0, 10_050, 1);
  clock.add(ahead(20_000), 10);
  clock.add(ahead(30_000), 900);
  assertAlmostEquals(clock.offset ?? 0, 20_005, 1);
  // Clocks drift: old answers count no more.
  for (let i = 0; i < 6; i++) clock.add(ahead(40_000), 50);
  assertAlmostEquals(clock.offset ?? 0, 40_025, 1);
});
