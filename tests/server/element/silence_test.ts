import { assertEquals } from "@std/assert";
import { Silence } from "../../../lib/server/element/link/silence.js";
import { FakeTime } from "./fake_performance.ts";

/** After how many seconds a connection is given up that is checked at this interval. */
function secondsUntilGivenUp(
  facts: { isAnswering: boolean; usualInterval: number },
  everyMs = 1000,
): number {
  const time = new FakeTime();
  try {
    const silence = new Silence();
    silence.isTooLong(performance.now(), facts);
    silence.hear();
    for (let ms = 0; ms < 1_000_000; ms += everyMs) {
      if (silence.isTooLong(performance.now(), facts)) return ms / 1000;
      time.add(everyMs);
    }
    return Infinity;
  } finally {
    time.restore();
  }
}

Deno.test("Silence is too long after 15 s, and after 30 s where no ping is answered", () => {
  assertEquals(secondsUntilGivenUp({ isAnswering: true, usualInterval: 40 }), 16);
  assertEquals(secondsUntilGivenUp({ isAnswering: false, usualInterval: 40 }), 31);
});

Deno.test("Silence is too long after three pictures have stayed away, where they are rare", () => {
  assertEquals(secondsUntilGivenUp({ isAnswering: true, usualInterval: 20_000 }), 61);
});

Deno.test("Silence says nothing of the time that the page slept", () => {
  assertEquals(secondsUntilGivenUp({ isAnswering: true, usualInterval: 40 }, 6000), Infinity);
});
