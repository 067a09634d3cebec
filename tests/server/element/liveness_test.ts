import { assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import { Liveness } from "../../../lib/server/element/liveness.js";
import { FakeTime } from "./fake_performance.ts";

/** A screen with a picture that came just now, once a second. */
function setUp({ interval = 0, fps = undefined as number | undefined } = {}) {
  const time = new FakeTime();
  const arrivedAt = performance.now();
  const screen = { interval, arrivedAt, age: null as number | null, current: { arrivedAt } };
  const clock = { offset: null as number | null };
  // deno-lint-ignore no-explicit-any -- of a whole display, these are read
  const parts = { screen, clock, announcedFps: () => fps } as any;
  return {
    time,
    screen,
    clock,
    liveness: new Liveness(parts),
    now: () => performance.now(),
    [Symbol.dispose]: () => time.restore(),
  };
}

Deno.test("Liveness.isOld() after 2 s, and after three of the usual intervals where that is longer", () => {
  for (
    const [options, limit] of [
      [{}, 2000],
      [{ fps: 10 }, 2000],
      [{ fps: 0.5 }, 6000],
      [{ interval: 1000, fps: 0.1 }, 3000],
    ] as const
  ) {
    using test = setUp(options);
    test.time.add(limit);
    assertEquals([test.liveness.isOld(test.now()), test.liveness.isLate], [false, false]);
    test.time.add(1);
    assertEquals([test.liveness.isOld(test.now()), test.liveness.isLate], [true, true]);
  }
});

Deno.test("Liveness.age() is by the time of capture where the clocks are compared", () => {
  using test = setUp();
  const start = Date.now();
  Object.assign(test.screen.current, { capturedAt: start + 10_000 });
  test.time.add(100);
  assertEquals(test.liveness.age(test.now()), 100);
  test.clock.offset = 15_000;
  const age = test.liveness.age(test.now());
  assertGreaterOrEqual(age, 5000);
  assertLessOrEqual(age, 5000 + Date.now() - start);
  assertEquals(test.liveness.ageWhenShown, null);
  test.screen.age = -14_900;
  assertEquals(test.liveness.ageWhenShown, 100);
  test.screen.age = -20_000;
  assertEquals(test.liveness.ageWhenShown, 0);
});

Deno.test("Liveness.resume() gives the next picture its time", () => {
  using test = setUp();
  test.time.add(10_000);
  assertEquals(test.liveness.isOverdue(test.now()), true);
  assertEquals(test.liveness.isResuming(test.now()), false);
  test.liveness.resume();
  test.time.add(1900);
  assertEquals(test.liveness.isOverdue(test.now()), false);
  assertEquals(test.liveness.isResuming(test.now()), true);
  test.time.add(200);
  assertEquals(test.liveness.isOverdue(test.now()), true);
  assertEquals(test.liveness.isResuming(test.now()), false);
});
