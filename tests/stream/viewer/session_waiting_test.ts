import { assert, assertEquals, assertMatch } from "@std/assert";
import { createTestPicture } from "../../../lib/camera/test_picture/test_picture.ts";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import { Cameras } from "../../../lib/stream/cameras.ts";
import { ServedCamera } from "../../../lib/stream/served_camera.ts";
import { Session } from "../../../lib/stream/viewer/session.ts";
import { createFakeSource } from "../../camera/fake_source.ts";
import { FakeLink } from "../fake_viewer.ts";
import { eventually } from "../../testutil/eventually.ts";
import { type Bench, createBench, DEFAULTS } from "./session_bench.ts";

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
  // It is that camera's first picture, although its timestamp is older than the others.
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
  const pattern = createTestPicture({ width: 48, height: 32, fps: 50 });
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
