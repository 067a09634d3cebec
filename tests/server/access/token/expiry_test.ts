import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { atTime } from "../../../../lib/server/access/token/expiry.ts";
import { eventually } from "../../../testutil/eventually.ts";

Deno.test("atTime() calls back when the time has come, once", async () => {
  let calls = 0;
  const expires = Date.now() + 50;
  atTime(expires, () => {
    calls++;
    assertGreaterOrEqual(Date.now(), expires);
  });
  await eventually(() => calls > 0);
  atTime(Date.now() - 1000, () => calls++);
  await eventually(() => calls === 2);
});

Deno.test("atTime() waits as long as it must, and stops when it is told to", async () => {
  let calls = 0;
  const stops = [
    atTime(Date.now() + 30, () => calls++),
    // A timer of Deno would end at once.
    atTime(Date.now() + 400 * 86_400_000, () => calls++),
    atTime(undefined, () => calls++),
  ];
  stops[0]?.();
  // When this one's time has come, that of the first has as well.
  await new Promise<void>((resolve) => atTime(Date.now() + 40, resolve));
  assertEquals(calls, 0);
  for (const stop of stops) stop();
});

Deno.test("atTime() goes by the wall clock, also when it is set meanwhile", async () => {
  let now = 1_800_000_000_000;
  let calls = 0;
  const stops = [
    atTime(now + 3_600_000, () => calls++, () => now),
    atTime(now + 2 * 3_600_000 + 1, () => calls += 100, () => now),
  ];
  now -= 86_400_000;
  // Time passes, during which they may look.
  await new Promise((resolve) => setTimeout(resolve, 10));
  now += 86_400_000 + 2 * 3_600_000;
  await eventually(() => calls > 0);
  assertEquals(calls, 1, "the other has a millisecond left");
  for (const stop of stops) stop();
});
