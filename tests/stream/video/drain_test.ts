import { assert, assertEquals } from "@std/assert";
import { Drain } from "../../../lib/stream/video/drain.ts";

const KB = 1024;

/**
 * The estimate every 50 ms for a link that takes this many bytes a second, while a stream comes at
 * another rate.
 */
function times(link: number, stream: number, ms: number): number[] {
  const drain = new Drain();
  let taken = 0;
  return Array.from({ length: ms / 50 }, (_, i) => {
    const now = i * 50;
    const sent = stream * (now + 50) / 1000;
    taken = Math.min(sent, taken + link / 20);
    return Math.round(drain.msFor(sent - taken, { taken, now }));
  });
}

Deno.test("Drain tells of a link that is too slow before the time that is too long has passed", () => {
  const told = times(500 * KB, 2000 * KB, 1000);
  const first = told.findIndex((ms) => ms > 500);
  assert(first >= 0 && first * 50 < 250, `after ${first * 50} ms`);
});

Deno.test("Drain tells nothing of a link that takes all, or of one that has only paused", () => {
  assertEquals(new Set(times(2000 * KB, 1000 * KB, 1000)), new Set([0]));
  assertEquals(new Set(times(0, 1000 * KB, 1000)), new Set([0]));
});

Deno.test("Drain forgets a link's speed once nothing waits, and goes by the newest", () => {
  const drain = new Drain();
  drain.msFor(100 * KB, { taken: 0, now: 0 });
  assertEquals(drain.msFor(100 * KB, { taken: 100 * KB, now: 200 }), 200);
  assertEquals(drain.msFor(0, { taken: 200 * KB, now: 300 }), 0);
  assertEquals(drain.msFor(100 * KB, { taken: 200 * KB, now: 400 }), 0);
  drain.msFor(100 * KB, { taken: 300 * KB, now: 900 });
  assertEquals(drain.msFor(100 * KB, { taken: 1300 * KB, now: 1400 }), 50);
});
