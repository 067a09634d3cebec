import { assertEquals, assertLessOrEqual } from "@std/assert";
import { Throttle, type Visitor } from "../../../../lib/server/access/token/throttle.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
let last = 0;

function visitor(address = "1.2.3.4", more: Partial<Visitor> = {}): Visitor {
  return { address, isPageMade: false, isHidden: false, ...more };
}

/** Shows wrong tokens that nobody has shown before. */
function guess(
  throttle: Throttle,
  { who = visitor(), times = 1, now = 0 }: { who?: Visitor; times?: number; now?: number },
): boolean {
  let isRefused = false;
  for (let i = 0; i < times; i++) isRefused = throttle.fail(who, [++last], now) || isRefused;
  return isRefused;
}

Deno.test("Throttle refuses an address for a minute after ten wrong tokens within one", () => {
  const throttle = new Throttle();
  assertEquals(guess(throttle, { times: 9 }), false);
  assertEquals(throttle.waitSeconds("1.2.3.4", 1), 0);
  assertEquals(guess(throttle, { now: 1000 }), true);
  assertEquals(guess(throttle, { now: 1000 }), false, "it is said once");
  assertEquals(throttle.waitSeconds("1.2.3.4", 1000), 60);
  assertEquals(throttle.waitSeconds("1.2.3.4", 60_999), 1);
  assertEquals(throttle.waitSeconds("1.2.3.4", 61_000), 0);
  assertEquals(throttle.waitSeconds("1.2.3.5", 1000), 0, "nobody else waits");
});

Deno.test("Throttle counts each wrong token once, however often it is shown", () => {
  const throttle = new Throttle();
  const stale = [-1, -2, -3, -4, -5, -6, -7, -8];
  for (let now = 0; now < DAY; now += 5000) throttle.fail(visitor(), stale, now);
  assertEquals(throttle.waitSeconds("1.2.3.4", DAY), 0);
  guess(throttle, { times: 9, now: DAY });
  throttle.fail(visitor(), stale, DAY);
  assertEquals(throttle.waitSeconds("1.2.3.4", DAY), 0, "they count no more");
  guess(throttle, { now: DAY });
  assertEquals(throttle.waitSeconds("1.2.3.4", DAY), 60);
});

Deno.test("Throttle forgives failures that are a minute old", () => {
  const throttle = new Throttle();
  for (let i = 0; i < 100; i++) {
    guess(throttle, { now: i * 7000 });
    assertEquals(throttle.waitSeconds("1.2.3.4", i * 7000), 0);
  }
});

Deno.test("Throttle takes the right token while an address is refused, until a thousand failed there", () => {
  const throttle = new Throttle();
  guess(throttle, { times: 10 });
  assertEquals(throttle.isShut(visitor(), 0), false);
  guess(throttle, { times: 999 });
  assertEquals(throttle.isShut(visitor(), 0), false);
  guess(throttle, {});
  assertEquals(throttle.isShut(visitor(), 0), true);
  assertEquals(throttle.isShut(visitor(), MINUTE), false, "the minute is over");
  guess(throttle, { times: 10, now: MINUTE });
  assertEquals(throttle.isShut(visitor(), MINUTE), true, "a thousand a day, not a minute");
  guess(throttle, { times: 10, now: DAY });
  guess(throttle, { now: DAY });
  assertEquals(throttle.isShut(visitor(), DAY), false, "another day");
});

Deno.test("Throttle shuts out no program at an address that has shown the right token", () => {
  const throttle = new Throttle();
  throttle.succeed("1.2.3.4", 0);
  guess(throttle, { times: 5000 });
  assertEquals(throttle.waitSeconds("1.2.3.4", 0), 60, "but whoever shows no right one waits");
  assertEquals(throttle.isShut(visitor(), 0), false);
  assertEquals(
    throttle.isShut(visitor("1.2.3.4", { isHidden: true }), 0),
    true,
    "all behind a proxy",
  );
  throttle.succeed("1.2.3.9", 0);
  guess(throttle, { who: visitor("1.2.3.9"), times: 5000, now: DAY + 1 });
  assertEquals(throttle.isShut(visitor("1.2.3.9"), DAY + 1), true, "not for ever");
});

Deno.test("Throttle forgets who has shown the right token when there is another one", () => {
  const throttle = new Throttle();
  throttle.succeed("1.2.3.4", 0);
  throttle.forgetProofs();
  guess(throttle, { times: 2000 });
  assertEquals(throttle.isShut(visitor(), 0), true);
});

Deno.test("Throttle lets pages that guess shut out pages alone", () => {
  const throttle = new Throttle();
  const page = visitor("1.2.3.4", { isPageMade: true });
  guess(throttle, { who: page, times: 5000 });
  assertEquals(throttle.isShut(page, 0), true);
  assertEquals(throttle.isShut(visitor(), 0), false);
});

Deno.test("Throttle counts an IPv6 network as one", () => {
  const throttle = new Throttle();
  for (let i = 0; i < 10; i++) guess(throttle, { who: visitor(`2001:db8::${i}`) });
  assertEquals(throttle.waitSeconds("2001:db8::ffff", 0), 60);
  assertEquals(throttle.waitSeconds("2001:db8:0:1::1", 0), 0);
});

Deno.test("Throttle remembers few addresses, whoever asks", () => {
  const throttle = new Throttle();
  for (let i = 0; i < 30_000; i++) {
    guess(throttle, { who: visitor(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`) });
  }
  assertLessOrEqual(throttle.size, 10_000);
  guess(throttle, { times: 10 });
  assertEquals(throttle.waitSeconds("1.2.3.4", 0), 60);
});
