import { assert, assertEquals, assertLess } from "@std/assert";
import { Echo } from "../../../lib/server/sockets/echo.ts";

/** An echo whose client answers when a test says so, in a time of its own. */
function create() {
  let now = 0;
  let pings = 0;
  const echo = new Echo({ ping: () => pings++, forgottenMs: 10_000, now: () => now });
  return {
    echo,
    pings: () => pings,
    pass: (ms: number) => void (now += ms),
    answer: (ms: number) => {
      now += ms;
      echo.answered();
    },
  };
}

/** Pictures every `every` ms to a client that reads one, works on it, and answers what lies before the next. */
function simulate({ every, workMs, wayMs = 1 }: { every: number; workMs: number; wayMs?: number }) {
  let now = 0;
  /**
   * Messages in flight, or waiting at the other end: when each was sent, and whether it is a ping.
   */
  const queue: { arrives: number; isPing: boolean; sentAt: number }[] = [];
  const pongs: number[] = [];
  const ages: number[] = [];
  let [freeAt, sent] = [0, 0];
  const put = (isPing: boolean) => queue.push({ arrives: now + wayMs, isPing, sentAt: now });
  const echo = new Echo({ ping: () => put(true), forgottenMs: 10_000, now: () => now });
  echo.ask();
  for (; now < 30_000; now++) {
    for (let first; (first = queue[0]) && first.arrives <= now && freeAt <= now;) {
      queue.shift();
      if (first.isPing) {
        pongs.push(now + wayMs);
        continue;
      }
      ages.push(now - first.sentAt);
      freeAt = now + workMs;
    }
    while ((pongs[0] ?? Infinity) <= now) {
      pongs.shift();
      echo.answered();
    }
    if (now % every > 0 || echo.isBehind) continue;
    put(false);
    sent++;
    echo.sent();
  }
  return { sent, oldest: Math.max(...ages.slice(5)) };
}

Deno.test("Echo holds nothing back from a client that has never answered", () => {
  const { echo, pass } = create();
  echo.ask();
  for (let i = 0; i < 100; i++) {
    pass(100);
    echo.sent();
    assertEquals(echo.isBehind, false);
  }
});

Deno.test("Echo asks a client that keeps up once a second", () => {
  const { echo, pings, pass, answer } = create();
  echo.ask();
  answer(1);
  for (let ms = 0; ms < 12_000; ms += 50) {
    const before = pings();
    echo.sent();
    if (pings() > before) answer(1);
    assertEquals(echo.isBehind, false);
    pass(50);
  }
  // Each picture of the first two seconds, and ten more.
  assert(pings() > 40 && pings() < 60, `${pings()}`);
});

Deno.test("Echo knows a client that works for long from one that is far away", () => {
  for (const every of [33, 100]) {
    assertLess(simulate({ every, workMs: 1000 }).oldest, 2100);
    assertLess(simulate({ every, workMs: 5000 }).oldest, 10_100);
    const near = simulate({ every, workMs: 0 });
    const far = simulate({ every, workMs: 0, wayMs: 150 });
    for (const { sent } of [near, far]) assert(sent > 0.95 * 30_000 / every, `${sent}`);
  }
});

Deno.test("Echo asks again when it is asked to and nobody answers, but not too often", () => {
  const { echo, pings, pass } = create();
  for (let i = 0; i < 5; i++) {
    echo.ask();
    pass(4000);
  }
  assertEquals(pings(), 2);
});
