import { assert, assertEquals } from "@std/assert";
import { Floods } from "../../../lib/server/sockets/floods.ts";
import { type CommandFate, CommandRate } from "../../../lib/server/websocket/command_rate.ts";

/** Of one viewer, alone at its address. */
function rateOf(now: () => number, isWary = false): CommandRate {
  const floods = new Floods(now);
  return new CommandRate({ exceeds: (count) => floods.exceeds("192.0.2.5:1", count), isWary, now });
}

/** Counts the fates of commands that come at a rate. */
function send(perSecond: number, seconds: number): Record<CommandFate, number> {
  let now = 0;
  const rate = rateOf(() => now);
  const fates = { read: 0, dropped: 0, told: 0, flood: 0 };
  for (let i = 0; i < perSecond * seconds; i++) {
    now = i * 1000 / perSecond;
    fates[rate.next(20)]++;
  }
  return fates;
}

Deno.test("CommandRate reads 250 a second for as long as they come", () => {
  assertEquals(send(250, 3600), { read: 900_000, dropped: 0, told: 0, flood: 0 });
});

Deno.test("CommandRate reads 500 at once", () => {
  const rate = rateOf(() => 0);
  const fates = Array.from({ length: 502 }, () => rate.next(20));
  assertEquals(fates.slice(499), ["read", "told", "dropped"]);
});

Deno.test("CommandRate drops what is over the rate, and says so once a second", () => {
  const { read, dropped, told, flood } = send(1000, 10);
  assert(read >= 2990 && read <= 3001, `${read} were read`);
  assert(told >= 9 && told <= 11, `${told} were told`);
  assertEquals([read + dropped + told, flood], [10_000, 0]);
});

Deno.test("CommandRate takes 10,000 a second for a flood, within a second", () => {
  assertEquals(send(10_000, 0.2).flood, 0);
  assert(send(10_000, 1).flood > 0);
});

Deno.test("CommandRate reads again when there was a pause", () => {
  let now = 0;
  const rate = rateOf(() => now);
  for (let i = 0; i < 1000; i++) rate.next(20);
  assertEquals(rate.next(20), "dropped");
  now += 4;
  assertEquals(rate.next(20), "read");
});

Deno.test("CommandRate reads no more commands for the time that it takes to answer them", () => {
  let now = 0;
  const rate = rateOf(() => now);
  let read = 0;
  for (let i = 0; i < 10_000; i++) {
    if (rate.next(20) !== "read") continue;
    read++;
    // A loop that is this late has a thousand of them waiting.
    now += 200;
    rate.answered();
  }
  assertEquals(read, 500);
});

Deno.test("CommandRate counts a long command for several", () => {
  const rate = rateOf(() => 0);
  const read = Array.from({ length: 100 }, () => rate.next(64 * 1024));
  // 500 at once, of which each counts for eight.
  assertEquals(read.filter((fate) => fate === "read").length, 62);
});

Deno.test("CommandRate takes what an address sends by many connections for one flood", () => {
  let now = 0;
  const floods = new Floods(() => now);
  const exceeds = (count: number): boolean => floods.exceeds("192.0.2.5:1", count);
  const rates = Array.from(
    { length: 30 },
    () => new CommandRate({ exceeds, isWary: false, now: () => now }),
  );
  let cut = 0;
  for (let i = 0; i < 330 && cut === 0; i++) {
    now = i * 1000 / 110;
    cut = rates.filter((rate) => rate.next(52_000) === "flood").length;
  }
  // Each alone could go on for ever.
  assert(cut > 0 && now < 1500, `${cut} were cut after ${now} ms`);
});

Deno.test("CommandRate reads few at once where a flood has just come from", () => {
  const rate = rateOf(() => 0, true);
  const fates = Array.from({ length: 22 }, () => rate.next(20));
  assertEquals(fates.slice(19), ["read", "told", "dropped"]);
});
