import { assert, assertEquals } from "@std/assert";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import { Cameras } from "../../../lib/stream/cameras.ts";
import { Session } from "../../../lib/stream/viewer/session.ts";
import { FakeLink } from "../fake_viewer.ts";
import { join } from "../join.ts";
import { eventually } from "../../testutil/eventually.ts";
import { createBench, DEFAULTS } from "./session_bench.ts";

Deno.test("Session.configure() takes the nearest of eight renditions for a ninth, and says so", async () => {
  await using bench = createBench();
  const { door, session } = bench;
  await session.configure({ format: "binary" });
  await bench.more();
  for (const quality of [10, 20, 30, 40, 50, 60, 70]) join(door, { quality, width: null });
  const settings = { ...DEFAULTS, format: "binary", quality: 60, fps: 20 } as const;
  assertEquals(await session.configure({ quality: 62, fps: 20 }), { ok: true, settings });
  assertEquals(session.settings, settings);
  assertEquals([door.streams.length, door.own.size], [8, 0]);
  await bench.more();
});

Deno.test("Session.configure() lets a viewer that is alone on its rendition have the ninth, in its place", async () => {
  await using bench = createBench();
  const { door, session, link } = bench;
  await session.configure({ format: "binary", quality: 50 });
  await bench.more();
  for (const quality of [1, 2, 3, 4, 5, 6]) join(door, { quality, width: null });
  assertEquals(door.streams.length, 8);
  assert((await session.configure({ width: 24 })).ok);
  assertEquals(door.streams.length, 8);
  assertEquals(door.streams.at(-1)?.width, 24);
  await eventually(() => {
    const last = link.messages.at(-1);
    return typeof last === "object" && jpegSize(last)?.width === 24;
  });
  const leave = join(door, { quality: 50, width: 24 });
  await session.configure({ width: 40 });
  assertEquals(session.settings.width, 24, "it is not alone any more");
  leave();
  await session.configure({ width: null, quality: null });
  join(door, { quality: 99, width: null });
  assertEquals(door.streams.length, 8, "its place is free");
});

Deno.test("Session gives an address its share of renditions, and others what they ask for", async () => {
  await using bench = createBench();
  const { door, session } = bench;
  const cameras = new Cameras([door]);
  const hogs = [8, 16, 24, 32, 40].map((width) => {
    const hog = new Session(new FakeLink(), cameras, { address: "x", owner: "192.0.2.5" });
    hog.begin({ width, fps: 0.1 });
    return hog;
  });
  assertEquals(hogs.map(({ settings }) => settings.width), [8, 16, 24, 24, 24]);
  const other = new Session(new FakeLink(), cameras, { address: "y", owner: "192.0.2.6" });
  other.begin({ width: 30 });
  await session.configure({ width: 31 });
  assertEquals([other.settings.width, session.settings.width], [30, 31]);
  for (const each of [...hogs, other]) each.close();
});

Deno.test("Session.configure() makes the last of many changes, and answers all", async () => {
  await using bench = createBench();
  const { door, session } = bench;
  await session.configure({});
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, i) => session.configure({ width: 8 + i % 40, fps: 20 })),
  );
  const last = { ...DEFAULTS, width: 8 + 199 % 40, fps: 20 };
  assertEquals(answers.at(-1), { ok: true, settings: last });
  assertEquals(answers.filter(({ ok }) => ok).length, 200);
  const made = new Set(answers.map((each) => each.ok && each.settings.width));
  assert(made.size <= 7, "a few at once, and the last");
  assertEquals(door.size, 1);
});

Deno.test("Session.configure() makes what cost nothing at once, whatever waits", async () => {
  await using bench = createBench();
  const { session } = bench;
  for (let width = 8; width < 20; width++) void session.configure({ width });
  const { fps } = session.settings;
  assertEquals(fps, null);
  session.pause();
  assertEquals(session.settings.width, 19, "who pauses waits no longer");
  assertEquals(session.resume().ok, true);
});

Deno.test("Session.resume() takes the nearest rendition when there is no room any more", async () => {
  await using bench = createBench();
  const { session, door } = bench;
  await session.configure({ quality: 50 });
  session.pause();
  for (const quality of [1, 2, 3, 4, 5, 48, 90]) join(door, { quality, width: null });
  assertEquals(session.resume(), { ok: true, settings: { ...DEFAULTS, quality: 48 } });
  await bench.more();
});
