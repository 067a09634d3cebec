import { assertEquals, assertLess } from "@std/assert";
import { Flood } from "../../lib/log/flood.ts";

type Level = "info" | "error";

interface Told extends Disposable {
  flood: Flood<Level>;
  lines: string[];
}

function start(): Told {
  const lines: string[] = [];
  const flood = new Flood<Level>((level, message) => void lines.push(`${level} ${message}`));
  return { flood, lines, [Symbol.dispose]: () => flood[Symbol.dispose]() };
}

Deno.test("Flood.add() writes at once what is new, and counts what comes again within a second", () => {
  using told = start();
  const { flood, lines } = told;
  flood.add("info", "a", 0);
  flood.add("info", "b", 10);
  flood.add("info", "a", 20);
  flood.add("info", "a", 999);
  flood.add("error", "a", 999);
  assertEquals(lines, ["info a", "info b", "error a"], "a level is part of what is the same");
  flood.sumUp(1020);
  assertEquals(lines.slice(3), ["info a (2 times more)"]);
  flood.sumUp(1030);
  assertEquals(lines.length, 4, "a count is told once");
});

Deno.test("Flood.add() writes what comes once a second each time", () => {
  using told = start();
  for (let now = 0; now < 5000; now += 1000) told.flood.add("info", "a", now);
  assertEquals(told.lines, Array(5).fill("info a"));
});

Deno.test("Flood tells of a flood without end once a second", () => {
  using told = start();
  const { flood, lines } = told;
  for (let now = 0; now < 3000; now += 10) {
    flood.add("info", "a", now);
    if (now % 1000 === 990) flood.sumUp(now);
  }
  assertEquals(lines, [
    "info a",
    "info a (99 times more)",
    "info a (100 times more)",
    "info a (100 times more)",
  ]);
});

Deno.test("Flood says once, not 1 times", () => {
  using told = start();
  told.flood.add("info", "a", 0);
  told.flood.add("info", "a", 1);
  told.flood.sumUp(2);
  assertEquals(told.lines, ["info a", "info a (once more)"]);
});

Deno.test("Flood bounds lines that differ, without hiding those of another level", () => {
  using told = start();
  const { flood, lines } = told;
  for (let i = 0; i < 10_000; i++) flood.add("info", `from address ${i}`, i / 10);
  flood.add("error", "the server ended", 1000);
  flood.sumUp(1000);
  const info = lines.filter((line) => line.startsWith("info"));
  const [, leftOut] = info.at(-1)?.match(/^info (\d+) lines more were left out$/) ?? [];
  assertLess(info.length, 62);
  assertEquals(info.length - 1 + Number(leftOut), 10_000, "each is written or counted");
  assertEquals(lines.filter((line) => line.startsWith("error")), ["error the server ended"]);
});

Deno.test("Flood bounds messages that all come again", () => {
  using told = start();
  const { flood, lines } = told;
  for (let now = 0; now < 10_000; now += 1000) {
    for (let i = 0; i < 200; i++) flood.add("info", `${i % 100}`, now);
    flood.sumUp(now + 999);
  }
  // 50 at first, then 10 and a sum a second.
  assertLess(lines.length, 50 + 10 * 11 + 1);
});

Deno.test("Flood writes what it has counted when it is disposed of", () => {
  const { flood, lines } = start();
  flood.add("info", "a", 0);
  flood.add("info", "a", 1);
  flood[Symbol.dispose]();
  flood[Symbol.dispose]();
  assertEquals(lines, ["info a", "info a (once more)"]);
});
