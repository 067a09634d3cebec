import { assert, assertEquals, assertGreater, assertMatch } from "@std/assert";
import { createTestPicture } from "../../lib/camera/test_picture/test_picture.ts";
import { jpegSize } from "../../lib/jpeg/jpeg_size.ts";
import type { ImageMessage } from "../../lib/protocol/message.ts";
import { ServedCamera } from "../../lib/stream/served_camera.ts";
import { FakeViewer } from "./fake_viewer.ts";
import { createJpegCamera } from "./jpeg_camera.ts";
import { eventually } from "../testutil/eventually.ts";

function createTestCamera({ fps = 50 } = {}): ServedCamera {
  return new ServedCamera(createTestPicture({ width: 48, height: 32, fps }), {
    name: "door",
    description: "test",
    fps,
    quality: 60,
    lingerMs: 0,
  });
}

Deno.test("new ServedCamera() leads from a source to its viewers", async () => {
  await using served = createTestCamera();
  assertEquals([served.name, served.source], ["door", "test"]);
  const viewer = new FakeViewer();
  const stream = served.join(viewer);
  assert(stream);
  await eventually(() => viewer.texts.length >= 3);
  stream.remove(viewer);
  await eventually(() => served.camera.status.state === "closed");
  const message: ImageMessage = JSON.parse(viewer.texts[0] ?? "");
  assertEquals(Object.keys(message), ["type", "data", "timestamp"]);
  assertEquals(jpegSize(Uint8Array.fromBase64(message.data)), { width: 48, height: 32 });
  assertGreater(served.own.counters.encoded, 2);
});

Deno.test("ServedCamera.close() ends everything, whoever watches", async () => {
  const served = createTestCamera();
  const viewer = new FakeViewer();
  served.join(viewer, { quality: 10, width: 16 });
  await eventually(() => viewer.texts.length > 0);
  await served.close();
  await served[Symbol.asyncDispose]();
  assertEquals(served.camera.status.state, "closed");
});

Deno.test("ServedCamera has failed while nothing that is wanted of it can be made", async () => {
  await using served = await createJpegCamera();
  const states: string[] = [];
  served.observe(({ state }) => states.push(state));
  const whole = new FakeViewer();
  served.join(whole);
  await eventually(() => whole.texts.length > 0);
  const small = new FakeViewer();
  served.join(small, { quality: null, width: 24 });
  const told = await eventually(() => small.texts.at(0));
  assertMatch(
    told,
    /"Camera door can't be shown: cannot encode picture: it needs ffmpeg, .* install it with/,
  );
  assertEquals(served.status.state, "live", "others get what they want");
  served.own.remove(whole);
  assertEquals(served.status.state, "failed");
  served.join(whole);
  assertEquals(served.status.state, "live");
  served.own.remove(whole);
  assertEquals(small.texts.length, 1, "once");
  assertEquals(states.slice(0, 2), ["opening", "live"]);
});
