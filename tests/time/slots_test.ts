import { assertEquals, assertRejects } from "@std/assert";
import { Slots } from "../../lib/time/slots.ts";

Deno.test("Slots lets so many in, and the next in order as they go", async () => {
  const slots = new Slots(2);
  const { signal } = new AbortController();
  const [first, second] = [await slots.take(signal), await slots.take(signal)];
  const order: string[] = [];
  const third = slots.take(signal).then((free) => (order.push("third"), free));
  const fourth = slots.take(signal).then((free) => (order.push("fourth"), free));
  await Promise.resolve();
  assertEquals(order, []);
  first();
  first();
  const free = await third;
  assertEquals(order, ["third"], "one that is given back twice is one");
  second();
  (await fourth)();
  free();
  assertEquals(order, ["third", "fourth"]);
  await slots.take(signal);
});

Deno.test("Slots keeps no place for who has gone", async () => {
  const slots = new Slots(1);
  const free = await slots.take(new AbortController().signal);
  const gone = new AbortController();
  const waiting = slots.take(gone.signal);
  gone.abort(new Error("gone"));
  await assertRejects(() => waiting, Error, "gone");
  await assertRejects(() => slots.take(gone.signal), Error, "gone");
  free();
  (await slots.take(new AbortController().signal))();
});
