import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  type ArrivedPicture,
  WatchStatistics,
} from "../../../lib/commands/watch/watch_statistics.ts";

function picture(timestamp: number, { ageMs = 12, skipped = 0 } = {}): ArrivedPicture {
  return { timestamp, ageMs, skipped, bytes: 100, width: 320, height: 240 };
}

Deno.test("WatchStatistics.summary() has nothing to tell before the first picture", () => {
  assertEquals(new WatchStatistics().summary(0), {
    fps: 0,
    ageMs: null,
    width: null,
    height: null,
    bytes: null,
    frames: 0,
    missed: 0,
  });
});

Deno.test("WatchStatistics.summary() gives rate, median age and size of the last two seconds", () => {
  const statistics = new WatchStatistics();
  for (let i = 0; i < 50; i++) statistics.add(picture(i / 10, { ageMs: i % 3 }), i * 100);
  const { fps, ...rest } = statistics.summary(4950);
  assertAlmostEquals(fps, 10, 0.01);
  assertEquals(rest, { ageMs: 1, width: 320, height: 240, bytes: 100, frames: 50, missed: 0 });
  assertEquals(statistics.summary(60_000).fps, 0);
});

Deno.test("WatchStatistics counts pictures that are missing between the times of others", () => {
  const statistics = new WatchStatistics();
  const times = [0, 1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 14];
  for (const time of times) statistics.add(picture(time / 10), time * 100);
  assertEquals(statistics.summary(1400).missed, 3);
  statistics.add(picture(1.5, { skipped: 2 }), 1500);
  assertEquals(statistics.summary(1500).missed, 5);
});

Deno.test("WatchStatistics.interrupt() keeps an outage from counting as missed", () => {
  const statistics = new WatchStatistics();
  for (let i = 0; i < 10; i++) statistics.add(picture(i / 10), i * 100);
  statistics.interrupt();
  statistics.add(picture(60), 60_000);
  assertEquals(statistics.summary(60_000).missed, 0);
});

Deno.test("WatchStatistics.summary() knows the size of what it sums up after an interruption", () => {
  const statistics = new WatchStatistics();
  for (let i = 0; i < 10; i++) statistics.add(picture(i / 10), i * 100);
  statistics.interrupt();
  const { width, height, bytes } = statistics.summary(1000);
  assertEquals([width, height, bytes], [320, 240, 100]);
});
