import { assertEquals, assertMatch } from "@std/assert";
import { FakeTime } from "./fake_time.ts";
import { Directory } from "../../lib/relay/directory.ts";
import { type Announcement, bytesOf } from "../../lib/relay/broker/messages.ts";
import { subjectsOf } from "../../lib/relay/subjects.ts";
import { createFakeBroker, createFakeLog, type FakeBroker } from "./fake_broker.ts";

function announce(broker: FakeBroker, camera: string, more: Partial<Announcement> = {}): void {
  const message: Announcement = { instance: "a", since: 5, host: "pi", state: "closed", ...more };
  broker.deliver(subjectsOf(camera).status, bytesOf(message));
}

/** Lets time pass; the broker answers everything. */
async function pass(time: FakeTime, broker: FakeBroker, ms: number): Promise<void> {
  time.tick(ms);
  broker.confirmNext();
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

Deno.test("Directory knows cameras while they are announced", async () => {
  using time = new FakeTime();
  const broker = createFakeBroker();
  using directory = new Directory(broker, createFakeLog());
  let changes = 0;
  directory.observe(() => changes++);
  announce(broker, "front door");
  announce(broker, "front door");
  announce(broker, "hall", { state: "failed", reason: "was unplugged" });
  assertEquals([directory.cameras, changes], [["front door", "hall"], 2]);
  assertEquals(directory.find("hall")?.reason, "was unplugged");
  announce(broker, "shed");
  for (let second = 0; second < 3; second++) {
    await pass(time, broker, 1000);
    announce(broker, "hall", { state: "live" });
    directory.heard("shed", "a");
    directory.heard("shed", "stranger");
  }
  await pass(time, broker, 1000);
  assertEquals(directory.cameras, ["hall", "shed"]);
  assertEquals(directory.find("front door"), undefined);
  await pass(time, broker, 2500);
  announce(broker, "hall", { state: "live" });
  await pass(time, broker, 1000);
  assertEquals(directory.cameras, ["hall"]);
  announce(broker, "hall", { state: "gone" });
  assertEquals([directory.cameras, changes], [[], 9]);
});

Deno.test("Directory takes the publisher that began first, and says once that there are two", async () => {
  using time = new FakeTime();
  const broker = createFakeBroker();
  const { lines, log } = createFakeLog();
  using directory = new Directory(broker, { log });
  const say = (): void => {
    announce(broker, "door", { instance: "c", since: 9, host: "late" });
    announce(broker, "door", { instance: "b", since: 5 });
    announce(broker, "door", { instance: "a", since: 5, host: "first" });
  };
  say();
  say();
  assertEquals(directory.find("door")?.instance, "a");
  assertEquals(lines.length, 1);
  assertMatch(lines[0] ?? "", /'door' is published twice on nats:\/\/fake:4222/);
  for (let half = 0; half < 10; half++) {
    announce(broker, "door", { instance: "c", since: 9 });
    await pass(time, broker, 500);
  }
  assertEquals(directory.find("door")?.instance, "c");
  say();
  say();
  assertEquals([directory.find("door")?.instance, lines.length], ["a", 2]);
});

Deno.test("Directory takes one that was started again for no second one", () => {
  using _time = new FakeTime();
  const broker = createFakeBroker();
  const { lines, log } = createFakeLog();
  using directory = new Directory(broker, { log });
  announce(broker, "door", { instance: "a", since: 5 });
  for (const state of ["closed", "opening", "live"] as const) {
    announce(broker, "door", { instance: "b", since: 9, state });
  }
  assertEquals([directory.find("door")?.instance, lines], ["a", []]);
  announce(broker, "door", { instance: "a", since: 5 });
  assertEquals(lines.length, 1);
});

Deno.test("Directory forgets nobody while there is no connection", async () => {
  using time = new FakeTime();
  const broker = createFakeBroker();
  using directory = new Directory(broker, createFakeLog());
  announce(broker, "door");
  broker.connectedAt = undefined;
  await pass(time, broker, 60_000);
  assertEquals(directory.cameras, ["door"]);
});

Deno.test("Directory forgets nobody while the broker itself is silent", async () => {
  using time = new FakeTime();
  const broker = createFakeBroker();
  using directory = new Directory(broker, createFakeLog());
  announce(broker, "door");
  time.tick(60_000);
  assertEquals(directory.cameras, ["door"]);
  await pass(time, broker, 500);
  assertEquals(directory.cameras, []);
});

Deno.test("Directory tells only of what it remembers", () => {
  const broker = createFakeBroker();
  using directory = new Directory(broker, createFakeLog());
  const told: string[] = [];
  directory.observe((camera) => told.push(camera));
  for (let i = 0; i < 1100; i++) announce(broker, `c${i}`);
  for (let i = 0; i < 1100; i++) announce(broker, `c${i}`, { instance: "b", state: "gone" });
  assertEquals([told.length, told.at(-1), directory.has("c999"), directory.has("c1000")], [
    1000,
    "c999",
    true,
    false,
  ]);
});

Deno.test("Directory listens to what it is asked for, and remembers no more than there can be", () => {
  const broker = createFakeBroker();
  {
    using few = new Directory(broker, { ...createFakeLog(), cameras: ["a", "b"] });
    announce(broker, "a");
    announce(broker, "c");
    assertEquals([few.cameras, broker.listening], [["a"], 2]);
    broker.refused.add("wscam.b.status");
    assertEquals(few.isRefused, true);
  }
  assertEquals(broker.listening, 0);
  using all = new Directory(broker, createFakeLog());
  for (let i = 0; i < 1100; i++) announce(broker, `camera ${i}`);
  for (let i = 0; i < 100; i++) announce(broker, "camera 0", { instance: `x${i}`, since: i });
  broker.deliver("wscam.x.status", "garbage");
  assertEquals(all.cameras.length, 1000);
  assertEquals(all.isRefused, false);
});
