import { assert, assertEquals, assertMatch } from "@std/assert";
import { SourceError } from "../../../lib/frame/source_error.ts";
import type { Source } from "../../../lib/camera/source.ts";
import { createTestPattern } from "../../../lib/camera/pattern/test_pattern.ts";
import { readComment } from "../../../lib/jpeg/comment.ts";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import type { ViewerSettings } from "../../../lib/protocol/viewer_settings.ts";
import { Cameras } from "../../../lib/stream/cameras.ts";
import { ServedCamera } from "../../../lib/stream/served_camera.ts";
import type { MembershipOptions } from "../../../lib/stream/viewer/membership.ts";
import { Session } from "../../../lib/stream/viewer/session.ts";
import { createFakeSource } from "../../camera/fake_source.ts";
import { FakeLink } from "../fake_viewer.ts";
import { join } from "../join.ts";
import { eventually } from "../../testutil/eventually.ts";

const DEFAULTS: ViewerSettings = {
  camera: "door",
  fps: null,
  quality: null,
  width: null,
  format: "json",
  ack: false,
  annotations: false,
};

interface Bench extends AsyncDisposable {
  link: FakeLink;
  session: Session;
  door: ServedCamera;
  attic: ServedCamera;
  /** Waits for so many messages more. */
  more(count?: number): Promise<void>;
}

function createBench(options: Partial<MembershipOptions> = {}): Bench {
  const [door, attic] = ["door", "attic"].map((name, i) =>
    new ServedCamera(createTestPattern({ width: 48 + 16 * i, height: 32, fps: 50 }), {
      name,
      description: "test",
      fps: 50,
      lingerMs: 0,
    })
  );
  assert(door && attic);
  const link = new FakeLink();
  const session = new Session(link, new Cameras([door, attic]), {
    address: "192.0.2.5:51234",
    ...options,
  });
  return {
    link,
    session,
    door,
    attic,
    async more(count = 2) {
      const before = link.messages.length;
      await eventually(() => link.messages.length >= before + count);
    },
    async [Symbol.asyncDispose]() {
      session.close();
      await Promise.all([door.close(), attic.close()]);
    },
  };
}

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

const OWN = { quality: null, width: null };

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

Deno.test("Session.resume() takes the nearest rendition when there is no room any more", async () => {
  await using bench = createBench();
  const { session, door } = bench;
  await session.configure({ quality: 50 });
  session.pause();
  for (const quality of [1, 2, 3, 4, 5, 48, 90]) join(door, { quality, width: null });
  assertEquals(session.resume(), { ok: true, settings: { ...DEFAULTS, quality: 48 } });
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

Deno.test("Session without cameras says so", async () => {
  const session = new Session(new FakeLink(), new Cameras(), { address: "192.0.2.5:51234" });
  assertEquals((await session.configure({})).ok, false);
  assertEquals(session.resume().ok, true);
  session.close();
});

Deno.test("Session.resume() says that the camera has gone, and takes one that came in its place", async () => {
  await using bench = createWaiting();
  const { session, cameras, door } = bench;
  cameras.add(door);
  assertEquals((await session.configure({ camera: "door" })).ok, true);
  await bench.more(3);
  session.pause();
  await cameras.remove("door");
  assertEquals(session.resume(), { ok: false, message: "camera 'door' isn't there" });
  session.pause();
  const source = createFakeSource();
  cameras.add(new ServedCamera(source, { name: "door", description: "test", fps: 50 }));
  assertEquals(session.resume().ok, true);
  await eventually(() => source.runs.length === 1);
  source.run.frame();
  // It is the first of that camera, and older than the others by its time.
  await bench.more(1);
  assertMatch(bench.link.texts.at(-1) ?? "", /^{"type": "image"/);
});

/** A session of a server that has no camera yet. */
function createWaiting(): Bench & { cameras: Cameras } {
  const bench = createBench();
  const cameras = new Cameras();
  const session = new Session(bench.link, cameras, { address: "192.0.2.5:51234" });
  return {
    ...bench,
    cameras,
    session,
    async [Symbol.asyncDispose]() {
      session.close();
      await cameras.close();
      await bench[Symbol.asyncDispose]();
    },
  };
}

Deno.test("Session.begin() waits for a camera that isn't there yet", async () => {
  await using bench = createWaiting();
  const { session, cameras, door, attic, link } = bench;
  const missing = { ok: false, message: "there is none yet" } as const;
  assertEquals(session.begin({ camera: "attic", fps: 20, format: "binary" }), missing);
  cameras.add(door);
  const settings = { ...DEFAULTS, camera: "attic", fps: 20, format: "binary", width: 24 } as const;
  assertEquals(await session.configure({ width: 24 }), { ok: true, settings });
  assertEquals((await session.configure({ camera: "cellar" })).ok, false);
  session.pause();
  cameras.add(attic);
  assertEquals([door.size, attic.size, link.messages], [0, 0, []]);
  assertEquals(session.resume(), { ok: true, settings });
  await bench.more();
  const [file] = link.messages;
  assert(typeof file === "object");
  assertEquals(jpegSize(file)?.width, 24);
});

Deno.test("Session.begin() takes the first camera that comes when none is named", async () => {
  await using bench = createWaiting();
  const { session, cameras, door, attic } = bench;
  assertEquals(session.begin({ fps: 20 }).ok, false);
  cameras.add(attic);
  await bench.more();
  await cameras.arrange([door, attic]);
  assertEquals(session.settings, { ...DEFAULTS, camera: "attic", fps: 20 });
  assertEquals([door.size, attic.size], [0, 1]);
});

Deno.test("Session.begin() waits no more for a camera when another one is taken", async () => {
  await using bench = createWaiting();
  const { session, cameras, door, attic } = bench;
  cameras.add(door);
  assertEquals(session.begin({ camera: "attic" }).ok, false);
  assertEquals((await session.configure({ camera: "door" })).ok, true);
  cameras.add(attic);
  assertEquals([door.size, attic.size], [1, 0]);
});

Deno.test("Session.resume() waits for a camera that has gone", async () => {
  await using bench = createWaiting();
  const { session, cameras } = bench;
  cameras.add(anotherDoor());
  assertEquals(session.begin({ camera: "door" }).ok, true);
  session.pause();
  await cameras.remove("door");
  assertEquals(session.resume(), { ok: false, message: "camera 'door' isn't there" });
  cameras.add(anotherDoor());
  await bench.more();
});

Deno.test("Session.close() ends the waiting for a camera", async () => {
  await using bench = createWaiting();
  const { session, cameras, door } = bench;
  session.begin({});
  session.close();
  cameras.add(door);
  assertEquals(door.size, 0);
});

function anotherDoor(name = "door"): ServedCamera {
  const pattern = createTestPattern({ width: 48, height: 32, fps: 50 });
  return new ServedCamera(pattern, { name, description: "test", fps: 50, lingerMs: 0 });
}

function errorsOf({ link }: Bench): string[] {
  return link.texts.filter((text) => text.startsWith('{"type": "error"'));
}

Deno.test("Session says once that its camera has gone, and shows the next of that name", async () => {
  await using bench = createWaiting();
  const { session, cameras, attic } = bench;
  await cameras.arrange([anotherDoor(), attic]);
  session.begin({ camera: "door" });
  await bench.more();
  await cameras.remove("door");
  assertEquals(errorsOf(bench).map((text) => JSON.parse(text).message), [
    "Camera door isn't there any more",
  ]);
  cameras.add(anotherDoor("cellar"));
  assertEquals([errorsOf(bench).length, attic.size], [1, 0]);
  const before = bench.link.messages.length;
  cameras.add(anotherDoor());
  await eventually(() => bench.link.messages.length > before + 2);
  assertEquals(errorsOf(bench).length, 1);
});

Deno.test("Session stays with a camera that is replaced, and says nothing", async () => {
  await using bench = createWaiting();
  const { session, cameras } = bench;
  cameras.add(anotherDoor());
  session.begin({ camera: "door", width: 24 });
  await bench.more();
  const next = anotherDoor();
  await cameras.replace("door", next);
  await bench.more();
  assertEquals([next.size, session.settings.width, errorsOf(bench)], [1, 24, []]);
});

Deno.test("Session follows its camera's new name when it has named none", async () => {
  await using bench = createWaiting();
  const { session, cameras, attic } = bench;
  await cameras.arrange([anotherDoor(), attic]);
  session.begin({});
  await bench.more();
  const front = anotherDoor("front");
  await cameras.replace("door", front);
  await bench.more();
  assertEquals([session.settings.camera, front.size, errorsOf(bench)], ["front", 1, []]);
});

Deno.test("Session sees no other camera than it may", async () => {
  await using bench = createWaiting();
  const { cameras, link, attic } = bench;
  const guest = new Session(link, cameras.seenBy("door"), { address: "192.0.2.5:51234" });
  guest.begin({});
  cameras.add(attic);
  assertEquals([attic.size, (await guest.configure({ camera: "attic" })).ok], [0, false]);
  cameras.add(anotherDoor());
  await bench.more();
  assertEquals(guest.settings.camera, "door");
  guest.close();
});
