import { assertEquals, assertGreater } from "@std/assert";
import { Lateness } from "../../lib/relay/lateness.ts";

Deno.test("Lateness counts from the least delay, whatever the clocks say", () => {
  for (const difference of [0, 3_600_000, -3_600_000]) {
    const lateness = new Lateness();
    const taken = [20, 25, 18, 900].map((delay, i) => lateness.take(difference + delay, i * 900));
    assertEquals(taken, [0, 5, 0, 882]);
  }
});

Deno.test("Lateness follows clocks that drift apart", () => {
  const lateness = new Lateness();
  let late = 0;
  for (let second = 0; second < 86_400; second += 5) {
    late = Math.max(late, lateness.take(second * 0.1, second * 1000));
  }
  assertGreater(15, late);
});

Deno.test("Lateness forgets what was long ago, and everything when told to", () => {
  const lateness = new Lateness();
  lateness.take(10, 0);
  assertEquals(lateness.take(5000, 119_000), 4990);
  assertEquals(lateness.take(5000, 300_000), 0);
  lateness.take(1, 300_001);
  lateness.reset();
  assertEquals(lateness.take(800, 300_002), 0);
});

Deno.test("Lateness is none when a clock is set, and counts from there", () => {
  const lateness = new Lateness();
  const delays = [20, 3_600_020, 3_600_040, 20, 40, 1300, 2600];
  assertEquals(delays.map((delay, i) => lateness.take(delay, i * 1300)), [
    0,
    0,
    20,
    0,
    20,
    1280,
    2580,
  ]);
});
