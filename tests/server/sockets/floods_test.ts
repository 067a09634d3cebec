import { assertEquals } from "@std/assert";
import { Floods } from "../../../lib/server/sockets/floods.ts";

Deno.test("Floods keeps nobody waiting where there was none", () => {
  const floods = new Floods();
  floods.note("192.0.2.5:1");
  assertEquals(floods.waitMs("192.0.2.6:1"), 0);
});

Deno.test("Floods lets an address in once a second after one, for a while", () => {
  let now = 0;
  const floods = new Floods(() => now);
  floods.note("192.0.2.5:1");
  const waits = Array.from({ length: 7 }, (_, port) => floods.waitMs(`192.0.2.5:${port}`));
  assertEquals(waits, [0, 1000, 2000, 3000, 4000, 5000, undefined]);
  now = 5000;
  assertEquals(floods.waitMs("192.0.2.5:9"), 0);
  // Another network of the same provider is somebody else.
  floods.note("[2001:db8:1:1::1]:1");
  floods.waitMs("[2001:db8:1:1::1]:1");
  assertEquals(floods.waitMs("[2001:db8:1:1::2]:1"), 1000);
  assertEquals(floods.waitMs("[2001:db8:1:2::1]:1"), 0);
});

Deno.test("Floods forgets addresses that there are too many of", () => {
  const floods = new Floods(() => 0);
  for (let i = 0; i <= 1000; i++) {
    floods.note(`192.0.${i >> 8}.${i & 255}:1`);
    floods.waitMs(`192.0.${i >> 8}.${i & 255}:1`);
  }
  assertEquals([floods.waitMs("192.0.0.0:1"), floods.waitMs("192.0.0.1:1")], [0, 1000]);
});

Deno.test("Floods counts what is dropped of an address's commands, second by second", () => {
  let now = 0;
  const floods = new Floods(() => now);
  assertEquals(floods.exceeds("192.0.2.5:1", 2000), false);
  assertEquals(floods.exceeds("192.0.2.6:1", 1), false);
  assertEquals(floods.exceeds("192.0.2.5:2", 1), true);
  now = 1000;
  assertEquals(floods.exceeds("192.0.2.5:1", 1), false);
});
