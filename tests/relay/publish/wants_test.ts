import { assertEquals } from "@std/assert";
import { Wants } from "../../../lib/relay/publish/wants.ts";

Deno.test("Wants forgets an edge that has been silent for six seconds", () => {
  const wants = new Wants();
  assertEquals([wants.renew("a"), wants.renew("a"), wants.renew("b")], [true, false, true]);
  for (let second = 0; second < 5; second++) {
    wants.tick();
    wants.renew("b");
  }
  assertEquals(wants.size, 2);
  wants.tick();
  assertEquals(wants.size, 1);
  assertEquals(wants.renew("a"), true);
  wants.end("a");
  wants.end("b");
  wants.end("never was");
  assertEquals(wants.size, 0);
});

Deno.test("Wants remembers no more edges than there can be", () => {
  const wants = new Wants();
  for (let i = 0; i < 10_000; i++) wants.renew(String(i));
  assertEquals([wants.renew("one more"), wants.size], [false, 10_000]);
  assertEquals(wants.renew("5"), false);
});
