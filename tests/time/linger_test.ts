import { assertEquals } from "@std/assert";
import { Linger } from "../../lib/time/linger.ts";
import { createFakeClock } from "../testutil/fake_clock.ts";

Deno.test("start() calls the function once the time has passed", async () => {
  const clock = createFakeClock();
  const linger = new Linger(10_000, clock);
  const calls: number[] = [];
  linger.start(() => calls.push(clock.now()));
  await clock.advance(9999);
  assertEquals(calls, []);
  await clock.advance(60_000);
  assertEquals(calls, [10_000]);
  assertEquals(clock.sleepers, 0);
});

Deno.test("start() begins the time anew", async () => {
  const clock = createFakeClock();
  const linger = new Linger(10_000, clock);
  const calls: string[] = [];
  linger.start(() => calls.push("first"));
  await clock.advance(9000);
  linger.start(() => calls.push("second"));
  await clock.advance(9000);
  assertEquals(calls, []);
  await clock.advance(1000);
  assertEquals(calls, ["second"]);
});

Deno.test("cancel() keeps the function from being called", async () => {
  const clock = createFakeClock();
  const linger = new Linger(10_000, clock);
  const calls: string[] = [];
  linger.cancel();
  linger.start(() => calls.push("over"));
  linger.cancel();
  linger.cancel();
  await clock.advance(60_000);
  assertEquals(calls, []);
  assertEquals(clock.sleepers, 0);
});
