import { assert, assertEquals, assertMatch } from "@std/assert";
import { SourceError } from "../../../lib/frame/source_error.ts";
import type { Source } from "../../../lib/camera/source.ts";
import { readComment } from "../../../lib/jpeg/comment.ts";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import type { ViewerSettings } from "../../../lib/protocol/viewer_settings.ts";
import { Cameras } from "../../../lib/stream/cameras.ts";
import { ServedCamera } from "../../../lib/stream/served_camera.ts";
import { Session } from "../../../lib/stream/viewer/session.ts";
import { FakeLink } from "../fake_viewer.ts";
import { join } from "../join.ts";
import { eventually } from "../../testutil/eventually.ts";
import { createBench, DEFAULTS, OWN } from "./session_bench.ts";

Deno.test("Session sends the first camera's pictures as text when nothing is asked for", async () => {
  await using bench = createBench();
  assertEquals(bench.session.settings, DEFAULTS);
  assertEquals(bench.door.size, 0);
  assertEquals(await bench.session.configure({}), { ok: true, settings: DEFAULTS });
  await bench.more();
  assertEquals(Object.keys(JSON.parse(bench.link.texts[0] ?? "")), ["type", "data", "timestamp"]);
  assertEquals([bench.door.size, bench.attic.size], [1, 0]);
});

Deno.test("Session.configure() keeps what isn't given", async () => {
  await using bench = createBench();
  const all: ViewerSettings = {
    camera: "attic",
    fps: 20,
    quality: 50,
    width: 40,
    format: "binary",
    ack: true,
    annotations: true,
  };
  let inForce = DEFAULTS;
  for (const name of Object.keys(all) as (keyof ViewerSettings)[]) {
    inForce = { ...inForce, [name]: all[name] };
    assertEquals(await bench.session.configure({ [name]: all[name] }), {
      ok: true,
      settings: inForce,
    });
    assertEquals(bench.session.settings, inForce);
  }
  assertEquals(await bench.session.configure({}), { ok: true, settings: all });
  assertEquals(bench.session.watched, bench.attic);
  assertEquals([bench.door.size, bench.attic.size], [0, 1]);
});

Deno.test("Session.configure() changes what is sent", async () => {
  await using bench = createBench();
  await bench.session.configure({});
  await bench.more();
  await bench.session.configure({ width: 24, format: "binary" });
  await eventually(() => {
    const last = bench.link.messages.at(-1);
    return typeof last === "object" && jpegSize(last)?.width === 24;
  });
  const file = bench.link.messages.at(-1);
  assert(typeof file === "object");
  assertEquals(JSON.parse(readComment(file) ?? "").camera, "door");
  assertEquals(bench.door.streams.map(({ viewers }) => viewers.length), [0, 1]);
  await bench.session.configure({ width: null, camera: "attic" });
  await eventually(() => {
    const last = bench.link.messages.at(-1);
    return typeof last === "object" && JSON.parse(readComment(last) ?? "").camera === "attic";
  });
  assertEquals(bench.door.streams.length, 1);
  await eventually(() => bench.door.camera.status.state === "closed");
});

Deno.test("Session.configure() has the rendition made at the rate that is asked for", async () => {
  await using bench = createBench();
  await bench.session.configure({ fps: 5 });
  assertEquals(bench.door.own.fps, 5);
  await bench.session.configure({ fps: 10 });
  assertEquals(bench.door.own.fps, 10);
  await bench.session.configure({ fps: null });
  assertEquals(bench.door.own.fps, Infinity);
});

Deno.test("Session.configure() names the cameras when there is no such one, and goes on", async () => {
  await using bench = createBench();
  await bench.session.configure({ quality: 30 });
  const message = "field 'camera' must be one of 'door', 'attic', got 'cellar'";
  assertEquals(
    await bench.session.configure({ camera: "cellar", fps: 1, ack: true }),
    { ok: false, message },
  );
  assertEquals(bench.session.settings, { ...DEFAULTS, quality: 30 });
  await bench.more(5);
});

Deno.test("Session.configure() doesn't repeat that the camera is down", async () => {
  const source: Source = {
    // deno-lint-ignore require-yield -- it has nothing to give
    async *frames() {
      throw new SourceError("missing", "isn't there");
    },
  };
  const options = { description: "test", fps: 10, retryMs: [60_000] };
  await using door = new ServedCamera(source, { name: "door", ...options });
  await using attic = new ServedCamera(source, { name: "attic", ...options });
  const link = new FakeLink();
  const session = new Session(link, new Cameras([door, attic]), { address: "192.0.2.5:51234" });
  await session.configure({});
  await eventually(() => link.texts.length === 1);
  await session.configure({ quality: 30 });
  await session.configure({ width: 64 });
  assertEquals(link.texts.length, 1);
  await session.configure({ camera: "attic" });
  await eventually(() => link.texts.length === 2);
  assertMatch(link.texts[1] ?? "", /Camera attic isn't there/);
  session.pause();
  session.resume();
  assertEquals(link.texts.length, 3, "it may have come back while nobody listened");
  session.close();
});

Deno.test("Session.configure() leaves nobody behind who is disconnected by the first picture", async (t) => {
  const plain = { quality: 30, width: null };
  for (const [name, shape] of Object.entries({ "that comes": OWN, "that changes": plain })) {
    await t.step(`a viewer ${name}`, async () => {
      await using bench = createBench();
      const { door, session, link } = bench;
      if (shape !== OWN) await session.configure({});
      const leave = join(door, shape);
      await eventually(() => door.get(shape)?.last !== undefined);
      link.send = () => session.close();
      await session.configure(shape === OWN ? {} : { quality: 30 });
      assertEquals(door.size, 1);
      leave();
    });
  }
});

Deno.test("Session.pause() leaves, and Session.resume() comes back with what was set meanwhile", async () => {
  await using bench = createBench();
  const { session, link, door, attic } = bench;
  await session.configure({});
  await bench.more();
  session.pause();
  session.pause();
  const before = link.messages.length;
  await eventually(() => door.camera.status.state === "closed");
  assertEquals((await session.configure({ camera: "attic" })).ok, true);
  assertEquals([door.size, attic.size, link.messages.length], [0, 0, before]);
  assertEquals(session.resume(), { ok: true, settings: { ...DEFAULTS, camera: "attic" } });
  session.resume();
  assertEquals([door.size, attic.size], [0, 1]);
  await bench.more();
});

Deno.test("Session.acknowledge() lets the next picture go", async () => {
  await using bench = createBench();
  await bench.session.configure({ ack: true });
  await bench.more(2);
  await eventually(() => bench.door.camera.counters.captured > 10);
  assertEquals(bench.link.messages.length, 2);
  const { sequence } = JSON.parse(bench.link.texts[0] ?? "");
  bench.session.acknowledge(sequence);
  assertEquals(bench.link.messages.length, 3);
});

Deno.test("Session sends nothing while it is paused, whatever is acknowledged", async () => {
  await using bench = createBench();
  const { session, link, door } = bench;
  await session.configure({ ack: true });
  await bench.more(2);
  await eventually(() => door.counters.dropped > 0);
  session.pause();
  for (const text of link.texts) session.acknowledge(JSON.parse(text).sequence);
  assertEquals(link.messages.length, 2);
  session.resume();
  await bench.more(1);
});

Deno.test("Session sends no picture of a rendition that it has left", async () => {
  await using bench = createBench();
  const { session, link, door } = bench;
  await session.configure({ ack: true });
  await bench.more(2);
  await eventually(() => door.counters.dropped > 0);
  await session.configure({ width: 24 });
  for (const text of link.texts) session.acknowledge(JSON.parse(text).sequence);
  await bench.more(1);
  const { data } = JSON.parse(link.texts[2] ?? "");
  assertEquals(jpegSize(Uint8Array.fromBase64(data))?.width, 24);
});

Deno.test("Session has another form where its owner says so", async () => {
  await using bench = createBench({ form: "part" });
  await bench.session.configure({ format: "json" });
  await bench.more(1);
  assert(typeof bench.link.messages[0] === "object");
});

Deno.test("Session sends nothing once it is closed", async () => {
  await using bench = createBench();
  const { session, link, door } = bench;
  await session.configure({});
  await bench.more();
  session.close();
  session.close();
  assertEquals((await session.configure({ quality: 20 })).ok, true);
  assertEquals(session.resume().ok, true);
  session.pause();
  session.acknowledge(1);
  const before = link.messages.length;
  await eventually(() => door.camera.status.state === "closed");
  assertEquals([door.size, link.messages.length], [0, before]);
});
