import { assert, assertEquals, assertLess } from "@std/assert";
import { Words } from "../../../lib/stream/viewer/words.ts";

function start() {
  const clock = { now: 0 };
  const told: string[] = [];
  const words = new Words((text) => told.push(text), () => clock.now);
  const bytes = (): number => told.reduce((sum, { length }) => sum + length, 0);
  return { clock, told, words, bytes };
}

Deno.test("Words says the newest about each, in their order", () => {
  const { told, words } = start();
  for (const [about, text] of [["a", "1"], ["b", "2"], ["a", "3"]] as const) {
    words.add(about, () => text);
  }
  assert(words.areWaiting);
  words.say();
  words.say();
  assertEquals([told, words.areWaiting], [["3", "2"], false]);
});

Deno.test("Words holds what is said to a rate, and keeps the newest until it may be said", () => {
  const { clock, told, words, bytes } = start();
  for (; clock.now < 10_000; clock.now++) {
    const { now } = clock;
    for (const about of ["a", "b", "c"]) {
      words.add(about, () => `${about}${now}`.padEnd(50_000));
    }
    words.say();
  }
  assertLess(bytes(), 10_400_000);
  assert(bytes() > 9_900_000, `${bytes()}`);
  // Each program has its share.
  for (const about of ["a", "b", "c"]) {
    assert(told.filter((text) => text.startsWith(about)).length > 60);
  }
  clock.now += 1000;
  words.say();
  assertEquals(told.slice(-3).map((text) => text.trim()).toSorted(), ["a9999", "b9999", "c9999"]);
});

Deno.test("Words of usual size wait for nothing", () => {
  const { clock, told, words } = start();
  for (; clock.now < 10_000; clock.now += 10) {
    words.add("a", () => "x".repeat(9000));
    words.say();
  }
  assertEquals(told.length, 1000);
});
