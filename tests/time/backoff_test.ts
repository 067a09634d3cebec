import { assertEquals } from "@std/assert";
import { Backoff } from "../../lib/time/backoff.ts";
import { createFakeClock } from "../testutil/fake_clock.ts";

const RETRY_MS = [1000, 2000, 5000];

Deno.test("fail() returns longer waits from try to try, until reset()", () => {
  const backoff = new Backoff({ retryMs: RETRY_MS, clock: createFakeClock() });
  assertEquals([1, 2, 3, 4, 5].map(() => backoff.fail()), [1000, 2000, 5000, 5000, 5000]);
  backoff.reset();
  assertEquals([backoff.fail(), backoff.fail()], [1000, 2000]);
});

Deno.test("fail() begins anew after what has worked for as long as the longest wait", async (t) => {
  for (const [worksMs, wait] of [[0, 5000], [4999, 5000], [5000, 1000]] as const) {
    await t.step(`${worksMs} ms`, async () => {
      const clock = createFakeClock();
      const backoff = new Backoff({ retryMs: RETRY_MS, clock });
      for (let i = 0; i < 3; i++) backoff.fail();
      backoff.succeed();
      await clock.advance(worksMs);
      backoff.succeed();
      assertEquals(backoff.fail(), wait);
      await clock.advance(60_000);
      backoff.begin();
      assertEquals(backoff.fail(), Math.min(wait * 2, 5000), "it didn't work since");
    });
  }
});

Deno.test("fail() counts the time that a try took that gave nothing", async (t) => {
  for (const [tookMs, wait] of [[0, 5000], [3000, 2000], [5000, 0], [90_000, 0]] as const) {
    await t.step(`${tookMs} ms`, async () => {
      const clock = createFakeClock();
      const backoff = new Backoff({ retryMs: RETRY_MS, clock });
      for (let i = 0; i < 3; i++) backoff.fail();
      backoff.begin();
      await clock.advance(tookMs);
      assertEquals(backoff.fail(), wait);
    });
  }
});

Deno.test("wait() takes as long as it should", async (t) => {
  const cases: Record<string, [(backoff: Backoff) => void, number]> = {
    "nothing failed": [() => {}, 0],
    "a failure": [(backoff) => backoff.fail(), 1000],
    "more failures": [(backoff) => (backoff.fail(), backoff.fail(), backoff.fail()), 5000],
    "somebody came": [(backoff) => (backoff.fail(), backoff.hurry()), 500],
    "somebody came before the failure": [(backoff) => (backoff.hurry(), backoff.fail()), 1000],
  };
  for (const [name, [prepare, ms]] of Object.entries(cases)) {
    await t.step(name, async () => {
      const clock = createFakeClock();
      const backoff = new Backoff({ retryMs: RETRY_MS, clock });
      prepare(backoff);
      let at: number | undefined;
      backoff.wait(new AbortController().signal).then(() => at = clock.now());
      await clock.advance(10_000);
      assertEquals(at, ms);
      assertEquals(clock.sleepers, 0);
    });
  }
});

Deno.test("wait() ends when somebody comes, and with its signal", async (t) => {
  await t.step("somebody comes", async () => {
    const clock = createFakeClock();
    const backoff = new Backoff({ retryMs: RETRY_MS, clock });
    for (let i = 0; i < 3; i++) backoff.fail();
    let isOver = false;
    backoff.wait(new AbortController().signal).then(() => isOver = true);
    await clock.advance(3000);
    assertEquals(isOver, false);
    backoff.hurry();
    await clock.advance(0);
    assertEquals(isOver, true);
  });
  await t.step("its signal", async () => {
    const clock = createFakeClock();
    const backoff = new Backoff({ retryMs: RETRY_MS, clock });
    const abort = new AbortController();
    backoff.fail();
    const waits = [backoff.wait(abort.signal), backoff.waitLeast(abort.signal)];
    abort.abort();
    await Promise.all(waits);
    assertEquals(clock.sleepers, 0);
  });
});
