import { assertEquals, assertLessOrEqual } from "@std/assert";
import { Throttle } from "../../../lib/server/access/throttle.ts";

function fail(throttle: Throttle, address: string, times: number, now = 0): void {
  for (let i = 0; i < times; i++) throttle.fail(address, now);
}

Deno.test("Throttle lets an address wait for a minute after ten failures within one", () => {
  const throttle = new Throttle();
  fail(throttle, "1.2.3.4", 9);
  assertEquals(throttle.waitSeconds("1.2.3.4", 1), 0);
  throttle.fail("1.2.3.4", 1000);
  assertEquals(throttle.waitSeconds("1.2.3.4", 1000), 60);
  assertEquals(throttle.waitSeconds("1.2.3.4", 60_999), 1);
  assertEquals(throttle.waitSeconds("1.2.3.4", 61_000), 0);
  assertEquals(throttle.waitSeconds("1.2.3.5", 1000), 0, "nobody else waits");
});

Deno.test("Throttle forgives failures that are a minute old", () => {
  const throttle = new Throttle();
  for (let i = 0; i < 100; i++) {
    throttle.fail("1.2.3.4", i * 7000);
    assertEquals(throttle.waitSeconds("1.2.3.4", i * 7000), 0);
  }
});

Deno.test("Throttle counts an IPv6 network as one", () => {
  const throttle = new Throttle();
  for (let i = 0; i < 10; i++) throttle.fail(`2001:db8::${i}`, 0);
  assertEquals(throttle.waitSeconds("2001:db8::ffff", 0), 60);
  assertEquals(throttle.waitSeconds("2001:db8:0:1::1", 0), 0);
});

Deno.test("Throttle remembers few addresses, whoever asks", () => {
  const throttle = new Throttle();
  for (let i = 0; i < 30_000; i++) throttle.fail(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, 0);
  assertLessOrEqual(throttle.size, 10_000);
  fail(throttle, "1.2.3.4", 10);
  assertEquals(throttle.waitSeconds("1.2.3.4", 0), 60);
});
