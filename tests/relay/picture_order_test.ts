import { assertEquals } from "@std/assert";
import { PictureOrder } from "../../lib/relay/picture_order.ts";

Deno.test("PictureOrder lets each picture through once, and none that is older", () => {
  const order = new PictureOrder();
  const seen = [1, 2, 2, 1, 5, 4].filter((sequence) => {
    const isNewer = order.isNewer(sequence, 0);
    if (isNewer) order.taken(sequence, 0);
    return isNewer;
  });
  assertEquals(seen, [1, 2, 5]);
  order.reset();
  assertEquals(order.isNewer(1, 0), true);
});

Deno.test("PictureOrder follows a publisher that counts anew, once nothing was in order for a while", () => {
  const order = new PictureOrder();
  order.taken(1e15 - 1, 0);
  assertEquals([7, 8, 9].map((sequence) => order.isNewer(sequence, 2000)), [false, false, false]);
  assertEquals(order.isNewer(10, 2001), true);
  order.taken(10, 2001);
  assertEquals([order.isNewer(10, 9000), order.isNewer(11, 9000)], [false, true]);
});

Deno.test("PictureOrder doesn't take the same picture twice, however late it comes again", () => {
  const order = new PictureOrder();
  order.taken(7, 0);
  assertEquals([10_000, 20_000, 30_000].map((now) => order.isNewer(7, now)), [false, false, false]);
});
