import { assertEquals } from "@std/assert";
import { Bucket } from "../../lib/time/bucket.ts";

Deno.test("Bucket lets so many through at once, and then so many a second", () => {
  let clock = 0;
  const bucket = new Bucket({ burst: 3, perSecond: 2, now: () => clock });
  assertEquals(bucket.isFull, true);
  for (let i = 0; i < 3; i++) {
    assertEquals(bucket.waitMs, 0);
    bucket.take();
  }
  assertEquals([bucket.waitMs, bucket.isFull], [500, false]);
  clock = 400;
  assertEquals(bucket.waitMs, 100);
  clock = 500;
  assertEquals(bucket.waitMs, 0);
  bucket.take();
  assertEquals(bucket.waitMs, 500);
  clock = 1e9;
  assertEquals(bucket.isFull, true);
});

Deno.test("Bucket owes nothing when more is taken than there is", () => {
  let clock = 0;
  const bucket = new Bucket({ burst: 1, perSecond: 1, now: () => clock });
  for (let i = 0; i < 50; i++) bucket.take();
  clock = 1000;
  assertEquals(bucket.waitMs, 0);
});
