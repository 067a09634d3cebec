import { assertEquals } from "@std/assert";
import { eventually } from "../../testutil/eventually.ts";
import { Hold } from "../../../lib/server/element/annotations/hold.js";

/** A hold, what it has shown, and pictures for it. */
function start() {
  const shown: number[] = [];
  const hold = new Hold(({ capturedAt }) => void shown.push(capturedAt ?? 0));
  const offer = (capturedAt: number): boolean =>
    hold.offer({ blob: new Blob(), capturedAt, sequence: null, arrivedAt: performance.now() });
  return { hold, shown, offer };
}

Deno.test("Hold shows pictures at once while nobody speaks of them", () => {
  const { hold, shown, offer } = start();
  for (let i = 1; i <= 20; i++) {
    assertEquals(offer(i * 100), false);
    if (i % 5 === 0) hold.hear(i * 100);
  }
  assertEquals(shown.length, 20);
});

Deno.test("Hold has a picture wait for its own annotation where each has one", () => {
  const { hold, shown, offer } = start();
  for (let i = 1; i <= 10; i++) {
    offer(i * 100);
    hold.hear(i * 100);
  }
  assertEquals(offer(1100), true);
  assertEquals(shown.at(-1), 1000);
  hold.hear(1100);
  assertEquals(shown.at(-1), 1100);
  offer(1200);
  offer(1300);
  hold.hear(1300);
  assertEquals(shown.slice(-2), [1200, 1300]);
});

Deno.test("Hold waits a quarter of a second at most, and keeps few", async () => {
  const { hold, shown, offer } = start();
  for (let i = 1; i <= 10; i++) {
    offer(i * 100);
    hold.hear(i * 100);
  }
  const begun = performance.now();
  offer(1100);
  await eventually(() => shown.at(-1) === 1100);
  const waited = performance.now() - begun;
  assertEquals(waited > 200, true);
  for (let i = 12; i < 40; i++) offer(i * 100);
  hold.forget();
  assertEquals(shown.at(-1) !== undefined && shown.at(-1) !== 1100, true);
});
