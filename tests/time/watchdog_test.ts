import { assertEquals } from "@std/assert";
import { Watchdog } from "../../lib/time/watchdog.ts";
import { createFakeClock, type FakeClock } from "../testutil/fake_clock.ts";

interface Watched {
  clock: FakeClock;
  watchdog: Watchdog;
  /** When it barked. */
  barked: () => number | undefined;
  end(): void;
}

function watch(limitMs: number): Watched {
  const clock = createFakeClock();
  const watchdog = new Watchdog(limitMs, clock);
  const abort = new AbortController();
  let at: number | undefined;
  watchdog.watch(abort.signal).then(() => at = clock.now());
  return { clock, watchdog, barked: () => at, end: () => abort.abort() };
}

Deno.test("watch() resolves after as much silence as is allowed, and no sooner", async () => {
  const { clock, watchdog, barked } = watch(5000);
  await clock.advance(4900);
  watchdog.reset();
  await clock.advance(4999);
  assertEquals(barked(), undefined);
  await clock.advance(1);
  assertEquals(barked(), 9900);
  assertEquals(clock.sleepers, 0);
});

Deno.test("reset() takes another limit", async () => {
  const { clock, watchdog, barked } = watch(20_000);
  await clock.advance(10_000);
  assertEquals(barked(), undefined);
  watchdog.reset(1000);
  assertEquals(watchdog.limitMs, 1000);
  await clock.advance(1500);
  assertEquals(barked(), 11_000);
});

Deno.test("watch() doesn't count time in which nothing ran", async () => {
  const { clock, barked } = watch(5000);
  await clock.advance(4000);
  clock.jump(8 * 3600_000);
  await clock.advance(0);
  assertEquals(barked(), undefined, "the machine has slept: a frame may wait to be read");
  await clock.advance(1000);
  assertEquals(typeof barked(), "number", "but none came");
});

Deno.test("watch() ends with its signal", async () => {
  const { clock, barked, end } = watch(5000);
  await clock.advance(1200);
  end();
  await clock.advance(0);
  assertEquals(barked(), 1200);
  assertEquals(clock.sleepers, 0);
});
