import { assertAlmostEquals, assertEquals } from "@std/assert";
import { Meter } from "../../lib/frame/meter.ts";

Deno.test("measured tells the last size and the rate of late", () => {
  const meter = new Meter();
  assertEquals(meter.measured, undefined);
  meter.take({ width: 64, height: 48 }, 1000);
  assertEquals(meter.measured, { width: 64, height: 48, fps: undefined });
  for (let i = 1; i <= 20; i++) meter.take({ width: 32, height: 24 }, 1000 + i * 50);
  assertEquals(meter.measured, { width: 32, height: 24, fps: 20 });
  for (let i = 1; i <= 100; i++) meter.take({ width: 32, height: 24 }, 2000 + i * 100);
  assertAlmostEquals(meter.measured?.fps ?? 0, 10, 0.1);
  assertAlmostEquals(meter.fpsAt(12_100) ?? 0, 10, 0.1);
  assertEquals(meter.fpsAt(14_000), 0.5, "none comes");
});
